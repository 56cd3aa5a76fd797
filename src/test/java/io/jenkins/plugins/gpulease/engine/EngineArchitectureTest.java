package io.jenkins.plugins.gpulease.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.Assert.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.jenkins.plugins.gpulease.engine.device.Device;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/** The walls of the engine, as rules. */
public class EngineArchitectureTest {

    private static final String ENGINE = EngineArchitectureTest.class.getPackageName();

    /** Which packages of the engine each one may use; one that isn't named here may use none. */
    private static final Map<String, List<String>> ARROWS = new LinkedHashMap<>();

    static {
        ARROWS.put("device", List.of());
        ARROWS.put("nvml", List.of("device"));
        ARROWS.put("simulation", List.of("device"));
        ARROWS.put("usage", List.of("device"));
        ARROWS.put("placement", List.of("device"));
        ARROWS.put("host", List.of("placement", "nvml", "simulation", "usage", "device"));
        ARROWS.put("lease", List.of("placement", "nvml", "simulation", "usage", "device"));
        ARROWS.put("report", List.of("lease", "usage", "device"));
        ARROWS.put("probe", List.of("host", "placement", "nvml", "simulation", "usage", "device"));
        ARROWS.put("doctor", List.of("probe", "host", "placement", "nvml", "device"));
        ARROWS.put("cli", List.of("doctor", "probe", "lease", "host", "placement", "nvml", "simulation", "usage", "device"));
    }

    private static JavaClasses engine;

    /** Only the engine's own classes are read; of what they use, the name is enough. */
    @BeforeClass
    public static void readClasses() throws URISyntaxException {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        Path classes = Path.of(
                Device.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        engine = new ClassFileImporter().importPath(classes.resolve(ENGINE.replace('.', '/')));
    }

    @AfterClass
    public static void restoreConfiguration() {
        ArchConfiguration.get().reset();
    }

    @Test
    public void theEngineKnowsNothingOfJenkins() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("hudson..", "jenkins..", "org.jenkinsci..", "org.kohsuke.stapler..", "jakarta.servlet..", "javax.servlet..")
                .check(engine);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching("io\\.jenkins\\.plugins\\.gpulease\\.(?!engine\\.).*")
                .check(engine);
    }

    @Test
    public void onlyTheBindingUsesNativeCode() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ENGINE + ".nvml..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.jna..")
                .check(engine);
    }

    @Test
    public void arrowsRunDownward() {
        for (Map.Entry<String, List<String>> arrow : ARROWS.entrySet()) {
            List<String> allowed = new ArrayList<>(arrow.getValue());
            allowed.add(arrow.getKey());
            String others = "\\Q" + ENGINE + ".\\E(?!(" + String.join("|", allowed) + ")\\.).*";
            noClasses()
                    .that()
                    .resideInAPackage(ENGINE + "." + arrow.getKey() + "..")
                    .should()
                    .dependOnClassesThat()
                    .haveNameMatching(others)
                    .because(arrow.getKey() + " may use " + arrow.getValue() + " only")
                    .check(engine);
        }
    }

    @Test
    public void everyPackageHasItsArrows() {
        String[] rooms = ARROWS.keySet().stream().map(room -> ENGINE + "." + room).toArray(String[]::new);
        classes()
                .that()
                .haveNameNotMatching(".*\\.package-info")
                .should()
                .resideInAnyPackage(rooms)
                .check(engine);
    }

    @Test
    public void packagesAreFreeOfCycles() {
        slices().matching(ENGINE + ".(*)..").should().beFreeOfCycles().check(engine);
    }

    @Test
    public void everyPackageSaysWhatLivesThere() {
        List<String> silent = engine.stream()
                .map(type -> type.getPackage())
                .filter(room -> room.getClasses().stream().noneMatch(type -> type.getSimpleName().equals("package-info")))
                .map(JavaPackage::getName)
                .distinct()
                .toList();

        assertTrue("Packages without package-info.java: " + silent, silent.isEmpty());
        assertTrue(Arrays.toString(ARROWS.keySet().toArray()), engine.size() > ARROWS.size());
    }

    @Test
    public void standardStreamsAreForTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ENGINE + ".cli..", ENGINE + ".probe..")
                .and()
                .doNotHaveFullyQualifiedName(ENGINE + ".doctor.DriverMain") // a process of its own, as the probe's
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(engine);
    }
}
