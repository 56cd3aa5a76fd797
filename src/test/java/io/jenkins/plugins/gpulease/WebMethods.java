package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Action;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.ModelObject;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.WebMethod;
import org.kohsuke.stapler.bind.JavaScriptMethod;

/** What of the plugin's classes can be asked for by URL, found in the compiled classes and their views. */
final class WebMethods {

    private static final Pattern BY_NAME = Pattern.compile("(do|js)[A-Z].*|getApi|getDynamic");

    private final Path classes;

    WebMethods(@NonNull Path classes) {
        this.classes = classes;
    }

    /**
     * {@code Class.method} for methods, {@code Class/view} for views of pages, {@code Class.getX} for pages below pages; a nested class is
     * called like the outer one.
     */
    @NonNull
    SortedSet<String> find() throws IOException {
        SortedSet<String> found = new TreeSet<>();
        for (Class<?> type : types()) {
            for (Method method : type.getDeclaredMethods()) {
                if (isWebMethod(method) || isPage(type) && isPage(method.getReturnType()) && method.getName().startsWith("get")) {
                    found.add(name(type) + "." + method.getName());
                }
            }
            if (isPage(type)) {
                views(type).forEach(view -> found.add(name(type) + "/" + view));
            }
        }
        return found;
    }

    private List<Class<?>> types() throws IOException {
        Path root = classes.resolve("io/jenkins/plugins/gpulease");
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".class") && !file.startsWith(root.resolve("engine")))
                    .<Class<?>>map(this::load)
                    .toList();
        }
    }

    private Class<?> load(Path file) {
        String path = classes.relativize(file).toString();
        String name = path.substring(0, path.length() - ".class".length()).replace('/', '.');
        try {
            return Class.forName(name, false, getClass().getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isWebMethod(Method method) {
        return Modifier.isPublic(method.getModifiers())
                && !method.isSynthetic()
                && (BY_NAME.matcher(method.getName()).matches()
                        || method.isAnnotationPresent(WebMethod.class)
                        || method.isAnnotationPresent(JavaScriptMethod.class));
    }

    /** Something of ours that Stapler gets to from a URL. */
    private static boolean isPage(Class<?> type) {
        boolean page = Action.class.isAssignableFrom(type)
                || StaplerProxy.class.isAssignableFrom(type)
                || ModelObject.class.isAssignableFrom(type);
        return page
                && type.getName().startsWith("io.jenkins.plugins.gpulease.")
                && !Descriptor.class.isAssignableFrom(type)
                && !Describable.class.isAssignableFrom(type);
    }

    private List<String> views(Class<?> type) throws IOException {
        Path folder = classes.resolve(type.getName().replace('.', '/').replace('$', '/'));
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jelly") || name.endsWith(".groovy"))
                    .map(name -> name.substring(0, name.lastIndexOf('.')))
                    .toList();
        }
    }

    private static String name(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return outer == null ? type.getSimpleName() : name(outer);
    }
}
