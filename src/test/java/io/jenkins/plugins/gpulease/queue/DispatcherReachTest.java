package io.jenkins.plugins.gpulease.queue;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.Assert.assertEquals;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.Test;

/** What the queue may reach under its lock, read from the classes: it grows only by intent. */
public class DispatcherReachTest {

    private static final String PLUGIN = "io.jenkins.plugins.gpulease";

    private final JavaClasses classes =
            new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(PLUGIN);

    /** The methods of the plugin that a method may call, itself included, through interfaces and lambdas too. */
    private Set<JavaCodeUnit> reach(JavaCodeUnit from) {
        Set<JavaCodeUnit> reached = new HashSet<>();
        Deque<JavaCodeUnit> next = new ArrayDeque<>(List.of(from));
        while (!next.isEmpty()) {
            JavaCodeUnit unit = next.pop();
            if (reached.add(unit)) {
                unit.getCallsFromSelf().forEach(call -> next.addAll(implementations(call.getTarget())));
            }
        }
        return reached;
    }

    private List<JavaCodeUnit> implementations(AccessTarget.CodeUnitCallTarget target) {
        List<JavaCodeUnit> found = new ArrayList<>();
        if (!classes.contain(target.getOwner().getName())) {
            return found;
        }
        JavaClass owner = classes.get(target.getOwner().getName());
        List<JavaClass> candidates = new ArrayList<>(owner.getAllSubclasses());
        candidates.add(owner);
        candidates.addAll(owner.getAllRawSuperclasses());
        for (JavaClass candidate : candidates) {
            candidate.getCodeUnits().stream()
                    .filter(unit -> unit.getName().equals(target.getName())
                            && unit.getRawParameterTypes().size() == target.getRawParameterTypes().size())
                    .forEach(found::add);
        }
        return found;
    }

    private JavaCodeUnit canTake() {
        return classes.get(GpuDispatcher.class).getMethods().stream()
                .filter(method -> method.getName().equals("canTake"))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> names(Set<JavaCodeUnit> units) {
        return units.stream()
                .map(unit -> unit.getOwner().getSimpleName() + "." + unit.getName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Calls out of the plugin, such as {@code java.lang.String.equals}. */
    private Set<String> outside(Set<JavaCodeUnit> units) {
        return units.stream()
                .flatMap(unit -> unit.getCallsFromSelf().stream())
                .map(call -> call.getTarget().getOwner().getName() + "." + call.getTarget().getName())
                .filter(name -> !name.startsWith(PLUGIN))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    public void itReachesTheGatesAndNothingElseOfThePlugin() {
        assertEquals(
                Set.of("GpuDispatcher.canTake", "ItemGates.blockage", "ItemGates.get", "ItemGates.index", "Gate.blockage",
                        "QueuedItems.blockage", "QueuedItems.get", "QueuedRequest.blockage", "RequestStand.isOpen"),
                names(reach(canTake())));
    }

    @Test
    public void itCallsNothingThatLocksDoesIoOrKnowsOfPipeline() {
        assertEquals(
                Set.of("hudson.ExtensionList.lookupSingleton", "hudson.model.Node.getNodeName", "hudson.model.Queue$BuildableItem.getId",
                        "hudson.model.Queue$Item.getId", "java.lang.String.equals", "java.util.concurrent.atomic.AtomicReferenceArray.get",
                        "java.util.concurrent.atomic.AtomicReferenceArray.length"),
                union(outside(reach(canTake())), "hudson.model.Queue$BuildableItem.getId", "hudson.model.Queue$Item.getId"));
    }

    private static Set<String> union(Set<String> names, String... more) {
        Set<String> all = new TreeSet<>(names);
        all.addAll(List.of(more));
        return all;
    }

    @Test
    public void nothingThatItReachesIsSynchronized() {
        Set<String> locked = names(reach(canTake()).stream()
                .filter(unit -> unit.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                .collect(Collectors.toSet()));

        assertEquals(Set.of(), locked);
    }

    /** That the search sees through interfaces; else it would prove nothing. */
    @Test
    public void theSearchFindsWhatALookAtTheTooltipReaches() {
        JavaCodeUnit tooltip = classes.get(WaitingForGpus.class).getMethods().stream()
                .filter(method -> method.getName().equals("getShortDescription"))
                .findFirst()
                .orElseThrow();

        Set<JavaCodeUnit> reached = reach(tooltip);
        assertThat(names(reached), hasItem("Registry.look"));
        assertThat(outside(reached).toString(), containsString("java.util.regex"));
        assertThat(names(reached.stream().filter(unit -> unit.getModifiers().contains(JavaModifier.SYNCHRONIZED)).collect(
                Collectors.toSet())), hasItem("QueuedRequest.lease"));
    }
}
