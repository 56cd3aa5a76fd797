package io.jenkins.plugins.gpulease.engine.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** What this machine is, for people. */
final class Machine {

    private Machine() {}

    static String describe() {
        return Runtime.getRuntime().availableProcessors() + " × " + processor() + ", " + System.getProperty("os.name") + " "
                + system() + ", JDK " + System.getProperty("java.version");
    }

    /** Its version without what a vendor appends: {@code 6.18} of {@code 6.18.3-12-generic}. */
    private static String system() {
        return System.getProperty("os.version").replaceFirst("^(\\d+\\.\\d+).*", "$1");
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .orElse("unknown processor");
        } catch (IOException e) { // it isn't Linux
            return System.getProperty("os.arch");
        }
    }

    /** Runnable threads of the whole machine, averaged over a minute. */
    static String load() {
        return String.format(Locale.ROOT, "%.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
}
