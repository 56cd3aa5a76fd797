package io.jenkins.plugins.gpulease.request;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import io.jenkins.plugins.gpulease.engine.placement.DeviceRequest;
import io.jenkins.plugins.gpulease.engine.placement.TopologyPolicy;
import io.jenkins.plugins.gpulease.pipeline.GpuStep;
import java.io.ObjectInputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.Test;

public class GpuRequestTest {

    @Test
    public void aBareStepAsksForOneGpuAndWaitsAsLongAsItTakes() {
        GpuRequest request = request(step -> {});

        assertEquals("1 GPU", request.devices().toString());
        assertNull(request.timeout());
    }

    @Test
    public void allParametersGoIntoTheRequest() {
        GpuRequest request = request(step -> {
            step.setCount("2");
            step.setMinMemory("40 GB");
            step.setModel("H100|A100");
            step.setMinComputeCapability("8.0");
            step.setMinDriver("535.104");
            step.setCuda("12.4");
            step.setTimeout("30m");
        });

        assertEquals(
                "2 GPUs with at least 40 GB, model 'H100|A100', compute capability 8.0 or higher, driver 535.104 or newer,"
                        + " CUDA 12.4 or newer",
                request.devices().toString());
        assertEquals(Duration.ofMinutes(30), request.timeout());
    }

    @Test
    public void aSharedRequestHasItsLeastMemoryAsBudget() {
        DeviceRequest shared = request(step -> {
            step.setShared(true);
            step.setMinMemory("6 GB");
        }).devices();

        assertTrue(shared.shared());
        assertEquals("1 shared GPU with at least 6 GB", shared.toString());
    }

    @Test
    public void automaticMemoryIsNoneUntilSomebodySaysHowMuch() {
        GpuRequest request = request(step -> {
            step.setMinMemory(" Auto ");
            step.setShared(true);
            step.setModel("H100");
        });
        MemorySize odd = MemorySize.ofBytes(7_400_000_001L);

        assertTrue(request.isAutoMemory());
        assertEquals("1 GPU with model 'H100'", request.devices().toString());
        assertEquals(odd, request.withMinMemory(odd).devices().minMemory());
        assertTrue(request.withMinMemory(odd).devices().shared());
        assertEquals("1 GPU with model 'H100'", request.withMinMemory(null).devices().toString());
        assertFalse(request.withMinMemory(null).isAutoMemory());
    }

    @Test
    public void blankTextsCountAsLeftOut() {
        assertEquals("1 GPU", request(step -> {
            step.setMinMemory(" ");
            step.setModel("");
            step.setTimeout(" ");
        }).devices().toString());
    }

    @Test
    public void eachWrongParameterIsNamedWithItsValueAndWhatIsAllowed() {
        Map<Consumer<GpuStep>, List<String>> cases = new LinkedHashMap<>();
        cases.put(step -> step.setCount("0"), List.of("count", "0", "1 to 1024"));
        cases.put(step -> step.setCount("-3"), List.of("count", "-3", "1 to 1024"));
        cases.put(step -> step.setCount("5000"), List.of("count", "5000", "1 to 1024"));
        cases.put(step -> step.setCount("some"), List.of("count 'some'", "1 to 1024, or 'all'"));
        cases.put(step -> step.setTopology("near"), List.of("topology 'near'", "'any', 'preferred' and 'required'"));
        cases.put(step -> step.setMig("small"), List.of("mig 'small'", "'any'", "'1g.10gb'"));
        cases.put(step -> {
            step.setCount("2");
            step.setMig("any");
            step.setTopology("required");
        }, List.of("topology is 'required'", "mig 'any'", "leave topology out"));
        cases.put(step -> step.setShared(true), List.of("shared is true without minMemory", "minMemory: '6 GB'"));
        cases.put(step -> {
            step.setShared(true);
            step.setMinMemory("6 GB");
            step.setCount("all");
        }, List.of("shared is true with count 'all'", "1 to 1024"));
        cases.put(step -> {
            step.setShared(true);
            step.setMinMemory("auto");
            step.setCount("all");
        }, List.of("shared is true with count 'all'"));
        cases.put(step -> step.setMinMemory("automatic"), List.of("minMemory", "'automatic'", "'16 GB'", ", or 'auto'"));
        cases.put(step -> step.setMinMemory("16"), List.of("minMemory", "'16'", "no unit", "'16 GB'"));
        cases.put(step -> step.setMinMemory("16 XB"), List.of("minMemory", "'16 XB'", "unknown unit", "'16 GB'"));
        cases.put(step -> step.setMinMemory("-1 GB"), List.of("minMemory", "'-1 GB'", "'16 GB'"));
        cases.put(step -> step.setModel("["), List.of("model", "'['", "regular expression"));
        cases.put(step -> step.setMinComputeCapability("8"), List.of("minComputeCapability", "'8'", "'8.0'"));
        cases.put(step -> step.setMinDriver("new"), List.of("minDriver", "'new'", "'535.104'"));
        cases.put(step -> step.setCuda("12,4"), List.of("cuda", "'12,4'", "'12.4'"));
        cases.put(step -> step.setTimeout("soon"), List.of("timeout", "'soon'", "'30m'"));

        cases.forEach((wrong, expected) -> {
            String message = assertThrows(IllegalArgumentException.class, () -> request(wrong)).getMessage();
            expected.forEach(part -> assertTrue(message + " lacks " + part, message.contains(part)));
        });
    }

    @Test
    public void allInstancesAndConnectionsGoIntoTheRequest() {
        DeviceRequest all = request(step -> {
            step.setCount("ALL");
            step.setTopology("required");
        }).devices();
        DeviceRequest instances = request(step -> {
            step.setCount(" 2 ");
            step.setMig("1g.10gb");
        }).devices();

        assertTrue(all.isAll());
        assertEquals(TopologyPolicy.REQUIRED, all.topology());
        assertEquals("2 MIG instances with profile 1g.10gb", instances.toString());
        assertEquals(TopologyPolicy.PREFERRED, instances.topology());
    }

    /** The file is from before there were topology and mig, when count was but a number. */
    @Test
    public void whatABuildStoredBeforeIsReadBack() throws Exception {
        try (ObjectInputStream stored = new ObjectInputStream(getClass().getResourceAsStream("GpuRequestTest/wholeGpus.ser"))) {
            GpuRequest request = (GpuRequest) stored.readObject();

            assertEquals("2 GPUs with at least 40 GB, model 'H100|A100'", request.devices().toString());
            assertEquals(TopologyPolicy.PREFERRED, request.devices().topology());
            assertEquals(Duration.ofMinutes(30), request.timeout());
            assertEquals(3, request.priority());
            assertFalse(request.devices().shared());
        }
    }

    @Test
    public void severalFaultsAreToldAtOnce() {
        String message = assertThrows(IllegalArgumentException.class, () -> request(step -> {
            step.setCount("0");
            step.setCuda("x");
        })).getMessage();

        assertEquals(2, message.lines().count());
    }

    private static GpuRequest request(Consumer<GpuStep> parameters) {
        GpuStep step = new GpuStep();
        parameters.accept(step);
        return new GpuRequest(step);
    }
}
