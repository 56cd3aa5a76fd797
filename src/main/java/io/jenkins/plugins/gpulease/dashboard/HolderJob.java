package io.jenkins.plugins.gpulease.dashboard;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Queue;
import io.jenkins.plugins.gpulease.build.BuildHolder;
import io.jenkins.plugins.gpulease.engine.lease.Holder;
import java.util.regex.Pattern;

/**
 * The job that a holder belongs to: a build, whose id tells all, or an item of the build queue, as long as it is there.
 *
 * @param fullName null if no build made the holder
 * @param url of the build, or of the job of an item, relative to Jenkins' root; null likewise
 */
record HolderJob(@CheckForNull String fullName, @CheckForNull String url) {

    private static final HolderJob NONE = new HolderJob(null, null);
    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

    @NonNull
    static HolderJob of(@NonNull Holder holder) {
        String runId = BuildHolder.runId(holder);
        if (runId.startsWith(BuildHolder.QUEUED)) {
            return queued(Long.parseLong(runId.substring(BuildHolder.QUEUED.length())));
        }
        int hash = runId.lastIndexOf('#');
        if (hash <= 0 || !NUMBER.matcher(runId.substring(hash + 1)).matches()) {
            return NONE;
        }
        StringBuilder url = new StringBuilder();
        for (String name : runId.substring(0, hash).split("/")) {
            url.append("job/").append(Util.rawEncode(name)).append('/');
        }
        return new HolderJob(runId.substring(0, hash), url.append(runId, hash + 1, runId.length()).append('/').toString());
    }

    private static HolderJob queued(long id) {
        Queue.Item item = Queue.getInstance().getItem(id);
        return item != null && item.task.getOwnerTask() instanceof Item job ? new HolderJob(job.getFullName(), job.getUrl()) : NONE;
    }
}
