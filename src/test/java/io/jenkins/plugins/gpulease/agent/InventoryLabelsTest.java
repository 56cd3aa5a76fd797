package io.jenkins.plugins.gpulease.agent;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import hudson.model.labels.LabelAtom;
import io.jenkins.plugins.gpulease.engine.device.Device;
import io.jenkins.plugins.gpulease.engine.device.Gpus;
import io.jenkins.plugins.gpulease.engine.device.Inventory;
import io.jenkins.plugins.gpulease.engine.device.MemorySize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.Test;

public class InventoryLabelsTest {

    private static Device called(String model) {
        return Gpus.gpu(0, model, MemorySize.ofMib(1024), null);
    }

    @Test
    public void modelsHaveShortNames() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("NVIDIA H100 80GB HBM3", "h100");
        names.put("NVIDIA H100 PCIe", "h100");
        names.put("NVIDIA H100 NVL", "h100");
        names.put("NVIDIA H200", "h200");
        names.put("NVIDIA GH200 480GB", "gh200");
        names.put("NVIDIA GH200 144G HBM3e", "gh200");
        names.put("NVIDIA GB200", "gb200");
        names.put("Tesla T4", "t4");
        names.put("Tesla V100-SXM2-16GB", "v100");
        names.put("Tesla P100-PCIE-16GB", "p100");
        names.put("NVIDIA A100-SXM4-80GB", "a100");
        names.put("NVIDIA A100-SXM4-40GB MIG 1g.5gb", "a100");
        names.put("NVIDIA A10G", "a10g");
        names.put("NVIDIA L40S", "l40s");
        names.put("NVIDIA GeForce RTX 4090", "rtx-4090");
        names.put("NVIDIA GeForce RTX 4070 Ti SUPER", "rtx-4070-ti-super");
        names.put("NVIDIA GeForce RTX 4090 Laptop GPU", "rtx-4090-laptop");
        names.put("NVIDIA GeForce GTX 1060 6GB", "gtx-1060");
        names.put("NVIDIA RTX A6000", "rtx-a6000");
        names.put("NVIDIA RTX 6000 Ada Generation", "rtx-6000-ada");
        names.put("Quadro P4000", "p4000");
        names.put("NVIDIA TITAN V", "titan-v");
        names.put("GRID V100D-8Q", "grid-v100d-8q");
        names.put("Orin (nvgpu)", "orin");
        names.put("NVIDIA Jetson AGX Orin Developer Kit", "jetson-agx-orin-developer-kit");
        names.put("Simulated NVIDIA L4", "l4");
        names.put("80GB", "80gb");
        names.put("unknown", "unknown");
        names.forEach((name, label) -> assertEquals(name, label, InventoryLabels.model(name)));
    }

    @Test
    public void whateverAnAgentReportsIsOneAtomOfALabelExpression() {
        List<String> hostile = List.of("a||b", "x && !y", "a->b", "<script>alert(1)</script>", "../../etc", "\"q\" 'q'", "é ü",
                "a/b\\c", "--x--", "%2e%2e", "\u202egpj", "x".repeat(96), "NVIDIA", "()", "-", "a:b;c,d");
        for (String name : hostile) {
            for (String label : InventoryLabels.of(Gpus.inventory(called(name)))) {
                assertFalse(name + " gives " + label, LabelAtom.needsEscape(label));
                assertFalse(label, label.endsWith("-") || label.contains("--") || label.contains("->"));
                assertThat(label.length(), lessThan(64));
            }
        }
        assertEquals(List.of("gpu"), InventoryLabels.of(Gpus.inventory(called("NVIDIA"))));
    }

    @Test
    public void aNodeHasTheLabelsOfAllItsModels() {
        assertEquals(List.of("gpu", "gpu-h100", "gpu-t4"),
                InventoryLabels.of(Gpus.inventory(Gpus.t4(0), Gpus.h100(1), Gpus.t4(2))));
    }

    @Test
    public void instancesHaveLabelsOfTheirOwnSinceABlockWithoutMigGetsNone() {
        Device frame = Gpus.inMigMode(Gpus.h100(0));
        Inventory onlyInstances = Gpus.inventory(frame, Gpus.instanceOf(frame, "1g.10gb"), Gpus.instanceOf(frame, "1g.10gb+me"));
        assertEquals(List.of("gpu-mig", "gpu-mig-1g.10gb", "gpu-mig-1g.10gb+me"), InventoryLabels.of(onlyInstances));
        assertThat(InventoryLabels.of(Gpus.inventory(frame, Gpus.instanceOf(frame, "2g.20gb"), Gpus.a100(1))), hasItem("gpu-a100"));
    }

    @Test
    public void whatCannotBeLeasedGivesNoLabel() {
        assertEquals(List.of(), InventoryLabels.of(Gpus.inventory(Gpus.inMigMode(Gpus.h100(0)))));
        assertEquals(List.of(), InventoryLabels.of(Inventory.without(Inventory.Status.NO_HARDWARE, "none", Gpus.SCANNED)));
    }

    @Test
    public void aSickGpuIsStillHardware() {
        assertEquals(List.of("gpu", "gpu-t4"), InventoryLabels.of(Gpus.inventory(Gpus.sick(Gpus.t4(0)))));
    }

    @Test
    public void thereIsAnEndToTheLabelsOfANode() {
        Inventory many = Gpus.inventory(IntStream.range(0, 256)
                .mapToObj(i -> Gpus.gpu(i, "Model " + i, MemorySize.ofMib(1024), null))
                .toList());
        assertThat(InventoryLabels.of(many), hasSize(lessThanOrEqualTo(InventoryLabels.MAX_LABELS)));
    }
}
