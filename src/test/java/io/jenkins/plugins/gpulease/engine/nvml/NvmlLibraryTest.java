package io.jenkins.plugins.gpulease.engine.nvml;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assume.assumeFalse;

import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.Inventory.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class NvmlLibraryTest {

    @Rule
    public final FakeNvml nvml = new FakeNvml();

    @Rule
    public final FakeNvml notNvml = new FakeNvml(FakeNvml.Generation.NOT_NVML);

    @Rule
    public final TemporaryFolder machine = new TemporaryFolder();

    private Inventory scan(String library) {
        try (NvmlSource source =
                new NvmlSource(library, NvidiaHardware.below(machine.getRoot().toPath()), machine.getRoot().toPath())) {
            return source.scan();
        }
    }

    @Test
    public void aMachineWithoutDriverAndWithoutGpuHasNoHardware() {
        assumeFalse("This machine has an NVIDIA driver", Files.exists(Path.of("/proc/driver/nvidia")));
        Inventory inventory = scan(null);
        assertEquals(Status.NO_HARDWARE, inventory.status());
        assertEquals("This machine has no NVIDIA GPU and no NVIDIA driver.", inventory.reason());
        assertEquals(Status.NO_HARDWARE, scan("  ").status());
    }

    @Test
    public void hardwareWithoutLibraryIsAFailureThatNamesBoth() throws IOException {
        assumeFalse("This machine has an NVIDIA driver", Files.exists(Path.of("/proc/driver/nvidia")));
        machine.newFolder("dev");
        machine.newFile("dev/nvidiactl");
        Inventory inventory = scan(null);
        assertEquals(Status.FAILED, inventory.status());
        assertThat(inventory.reason(), containsString("There is NVIDIA hardware (/dev/nvidiactl)"));
        assertThat(inventory.reason(), containsString("Tried libnvidia-ml.so.1: "));
        assertThat(inventory.reason(), containsString("/usr/lib/wsl/lib/libnvidia-ml.so.1: no such file"));
    }

    @Test
    public void aConfiguredPathThatIsNoFileIsNamed() {
        for (String path : new String[] {"/nowhere/libnvidia-ml.so.1", "libnvidia-ml.so.1", machine.getRoot().toString()}) {
            Inventory inventory = scan(path);
            assertEquals(Status.FAILED, inventory.status());
            assertThat(inventory.reason(), containsString("The configured NVML library '" + path + "' is no file"));
        }
    }

    @Test
    public void aLibraryThatIsNotNvmlIsNamed() {
        Inventory inventory = scan(notNvml.libraryPath());
        assertEquals(Status.FAILED, inventory.status());
        assertThat(inventory.reason(), containsString(notNvml.libraryPath()));
        assertThat(inventory.reason(), containsString("it has no function nvmlInit_v2"));
    }

    @Test
    public void aFileThatIsNoLibraryIsNamed() throws IOException {
        Path file = Files.writeString(machine.newFile("libnvidia-ml.so.1").toPath(), "text");
        Inventory inventory = scan(file.toString());
        assertEquals(Status.FAILED, inventory.status());
        assertThat(inventory.reason(), containsString(file + " can't be used"));
    }

    @Test
    public void theStubOfAToolkitIsNeverLoaded() throws IOException {
        Path stub = Files.copy(Path.of(nvml.libraryPath()), machine.newFolder("stubs").toPath().resolve("libnvidia-ml.so.1"));
        Inventory inventory = scan(stub.toString());
        assertEquals(Status.FAILED, inventory.status());
        assertThat(inventory.reason(), containsString("is a stub of the CUDA toolkit"));
    }

    @Test
    public void theStubOfAToolkitIsNotUsedWhereTheLoaderFindsIt() throws Exception {
        assumeFalse("This machine has an NVIDIA driver", Files.exists(Path.of("/proc/driver/nvidia")));
        Path stubs = machine.newFolder("cuda", "lib64", "stubs").toPath();
        Files.copy(Path.of(nvml.libraryPath()), stubs.resolve("libnvidia-ml.so.1"));
        assertThat(scanElsewhere(stubs), containsString("found only the CUDA toolkit's stub " + stubs));
    }

    @Test
    public void theLibraryIsFoundWhereTheLoaderFindsIt() throws Exception {
        assumeFalse("This machine has an NVIDIA driver", Files.exists(Path.of("/proc/driver/nvidia")));
        nvml.world().gpu("GPU-a");
        nvml.world().write();
        assertEquals("OK null", scanElsewhere(nvml.folder()));
    }

    /** Scans in another process, whose loader also looks into a folder; gives the status and the reason. */
    private String scanElsewhere(Path libraries) throws IOException, InterruptedException {
        machine.newFolder("dev");
        machine.newFile("dev/nvidiactl");
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), ScanMain.class.getName(), machine.getRoot().toString());
        java.environment().put("LD_LIBRARY_PATH", libraries.toString());
        java.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process child = java.start();
        String said = new String(child.getInputStream().readAllBytes());
        assertEquals(true, child.waitFor(30, TimeUnit.SECONDS));
        return said.strip();
    }

    /** Scans the machine below a folder and prints what comes of it. */
    public static final class ScanMain {

        private ScanMain() {}

        public static void main(String[] folder) {
            Path root = Path.of(folder[0]);
            try (NvmlSource source = new NvmlSource(null, NvidiaHardware.below(root), root)) {
                Inventory inventory = source.scan();
                System.out.println(inventory.status() + " " + inventory.reason());
            }
        }
    }
}
