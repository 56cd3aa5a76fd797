package io.jenkins.plugins.gpulease;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Node;

/** Shell scripts that pretend to use memory of the simulated GPUs of their lease. */
public final class SharedLoads {

    private final String folder;

    private SharedLoads(String folder) {
        this.folder = folder;
    }

    /** On an agent of this user. */
    @NonNull
    public static SharedLoads on(@NonNull Node agent) throws Exception {
        Object temporary = agent.toComputer().getSystemProperties().get("java.io.tmpdir");
        return new SharedLoads(temporary + "/gpu-lease-simulated-" + System.getProperty("user.name"));
    }

    /** Uses memory until a file is there; nobody may read half a load. */
    @NonNull
    public String untilFile(@NonNull String memory, @NonNull String file) {
        return quiet(use(memory) + "while [ ! -e \"" + file + "\" ]; do sleep 0.1; done; rm -f " + folder + "/$$");
    }

    /** Uses memory until it is told to end, and then says that all went well. */
    @NonNull
    public String defiant(@NonNull String memory) {
        return quiet("trap 'exit 0' TERM; " + use(memory) + "while true; do sleep 0.1; done");
    }

    private static String quiet(String script) {
        return "set +x; " + script;
    }

    private String use(String memory) {
        return "echo \"$GPU_UUIDS " + memory + " 50\" > " + folder + "/$$.new && mv " + folder + "/$$.new " + folder + "/$$; echo in use; ";
    }
}
