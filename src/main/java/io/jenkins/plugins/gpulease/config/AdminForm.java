package io.jenkins.plugins.gpulease.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Descriptor.FormException;
import hudson.util.FormValidation;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;

/** What somebody wrote into a form that only administrators may send: told at its field while it is typed, and when it is stored. */
final class AdminForm {

    /** Reads the text of a field. */
    interface Parser {
        /** @throws IllegalArgumentException if it isn't allowed; the message names the setting, the value and what is allowed */
        void parse(@CheckForNull String text);
    }

    private AdminForm() {}

    /** What the form says beside the field. */
    @NonNull
    static FormValidation validation(@NonNull Parser parser, @CheckForNull String text) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            parser.parse(text);
            return FormValidation.ok();
        } catch (IllegalArgumentException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    /** @throws FormException at the field, if what was sent isn't allowed */
    static void check(@NonNull JSONObject form, @NonNull String field, @NonNull Parser parser) throws FormException {
        try {
            parser.parse(form.optString(field));
        } catch (IllegalArgumentException e) {
            throw new FormException(e.getMessage(), e, field);
        }
    }

    /** What the form has of a section; one without it is no form of ours. */
    @NonNull
    static JSONObject section(@NonNull JSONObject form, @NonNull String name) throws FormException {
        JSONObject section = form.optJSONObject(name);
        if (section == null) {
            throw new FormException(Messages.GpuLeaseConfiguration_noSection(name), name);
        }
        return section;
    }
}
