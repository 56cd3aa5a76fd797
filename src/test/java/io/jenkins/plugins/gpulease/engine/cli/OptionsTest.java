package io.jenkins.plugins.gpulease.engine.cli;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class OptionsTest {

    @Test
    public void aWrongCallNamesTheOptionTheValueAndWhatIsAllowed() {
        assertRefused("--count: count is 0; allowed is 1 to 1024, or 'all'", "--count", "0");
        assertRefused("--count: count 'two' is not a whole number; allowed is 1 to 1024, or 'all'", "--count", "two");
        assertRefused("--count: count is -1; allowed", "--count=-1");
        assertRefused("--topology: topology 'near' is not known; allowed are 'any', 'preferred' and 'required'", "--topology", "near");
        assertRefused("--mig: mig 'small' is no MIG profile; allowed are 'any' and profiles", "--mig", "small");
        assertRefused("--mig: topology is 'required' for several instances with mig 'any'",
                "--mig", "any", "--topology", "required", "--count", "all");
        assertRefused("--min-memory: '16' has no unit", "--min-memory", "16");
        assertRefused("--min-memory: '16 XB' has the unknown unit 'XB'", "--min-memory", "16 XB");
        assertRefused("--model: model 'H100(' is not a regular expression", "--model", "H100(");
        assertRefused("--min-compute-capability: '8' is not a compute capability; write major.minor",
                "--min-compute-capability", "8");
        assertRefused("--min-driver: 'new' is not a version", "--min-driver", "new");
        assertRefused("--cuda: 'v12' is not a version", "--cuda", "v12");
        assertRefused("--timeout: '30' is not a time; write a whole number with s, m, h or d", "--timeout", "30");
        assertRefused("--simulate: '4xH100:lots'", "--simulate", "4xH100:lots");
        assertRefused("--library: '/no/such/file' is not a file", "--library", "/no/such/file");
    }

    @Test
    public void whatContradictsIsRefused() {
        assertRefused("--wait", "--wait", "--no-wait");
        assertRefused("--no-wait", "--timeout", "30m", "--no-wait");
        assertRefused("exclude each other", "--simulate", "1xT4", "--library", "/lib/libnvidia-ml.so.1");
    }

    @Test
    public void whatIsUnknownOrIncompleteIsRefused() {
        assertRefused("\"--gpus\" is not a valid option", "--gpus", "2");
        assertRefused("--count", "--count");
        assertRefused("python", "python", "train.py");
    }

    @Test
    public void runNeedsACommand() {
        for (List<String> arguments : List.of(List.<String>of(), List.of("--count", "2"), List.of("--"))) {
            assertThat(assertThrows(UsageException.class, () -> new RunCommand().execute(arguments)).getMessage(),
                    containsString("COMMAND is missing"));
        }
    }

    @Test
    public void theOthersTakeNone() {
        for (Command command : List.of(new ListCommand(), new WatchCommand(), new DemoCommand())) {
            assertThrows(UsageException.class, () -> command.execute(List.of("--", "ls")));
        }
    }

    private static void assertRefused(String message, String... options) {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("--", "true"));
        UsageException refusal = assertThrows(message, UsageException.class, () -> new RunCommand().execute(arguments));
        assertThat(refusal.getMessage(), containsString(message));
    }
}
