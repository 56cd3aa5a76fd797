package io.jenkins.plugins.gpulease.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import io.jenkins.plugins.gpulease.engine.placement.TopologyPolicy;
import java.io.Serializable;
import java.util.Objects;

/**
 * The parameters as a form, a Pipeline or a stored job gives them: blank texts count as left out. What asks for GPUs has one,
 * and a setter for each parameter, because what binds parameters to an object looks for the setters in its class only.
 */
public final class GpuParametersBean extends AbstractDescribableImpl<GpuParametersBean>
        implements GpuParameters, Serializable {

    private static final long serialVersionUID = 1L;

    private static final String ONE = "1";

    private String count = ONE;
    private String minMemory;
    private String model;
    private String minComputeCapability;
    private String minDriver;
    private String cuda;
    private String timeout;
    private String topology = TopologyPolicy.PREFERRED.toString();
    private String mig;
    private boolean shared;
    private boolean skipIfBusy;
    private int priority;

    /** What was written by hand, or by an older version, may lack some. */
    private Object readResolve() {
        setCount(count);
        setTopology(topology);
        return this;
    }

    @NonNull
    @Override
    public String getCount() {
        return count;
    }

    /** @param count a number or a text */
    public void setCount(@CheckForNull Object count) {
        this.count = Util.fixNull(Util.fixEmptyAndTrim(Objects.toString(count, null)), ONE);
    }

    @CheckForNull
    @Override
    public String getMinMemory() {
        return minMemory;
    }

    public void setMinMemory(@CheckForNull String minMemory) {
        this.minMemory = Util.fixEmptyAndTrim(minMemory);
    }

    @CheckForNull
    @Override
    public String getModel() {
        return model;
    }

    public void setModel(@CheckForNull String model) {
        this.model = Util.fixEmptyAndTrim(model);
    }

    @CheckForNull
    @Override
    public String getMinComputeCapability() {
        return minComputeCapability;
    }

    public void setMinComputeCapability(@CheckForNull String minComputeCapability) {
        this.minComputeCapability = Util.fixEmptyAndTrim(minComputeCapability);
    }

    @CheckForNull
    @Override
    public String getMinDriver() {
        return minDriver;
    }

    public void setMinDriver(@CheckForNull String minDriver) {
        this.minDriver = Util.fixEmptyAndTrim(minDriver);
    }

    @CheckForNull
    @Override
    public String getCuda() {
        return cuda;
    }

    public void setCuda(@CheckForNull String cuda) {
        this.cuda = Util.fixEmptyAndTrim(cuda);
    }

    @NonNull
    @Override
    public String getTopology() {
        return topology;
    }

    public void setTopology(@CheckForNull String topology) {
        this.topology = Util.fixNull(Util.fixEmptyAndTrim(topology), TopologyPolicy.PREFERRED.toString());
    }

    @CheckForNull
    @Override
    public String getMig() {
        return mig;
    }

    public void setMig(@CheckForNull String mig) {
        this.mig = Util.fixEmptyAndTrim(mig);
    }

    @Override
    public boolean isShared() {
        return shared;
    }

    public void setShared(boolean shared) {
        this.shared = shared;
    }

    @CheckForNull
    @Override
    public String getTimeout() {
        return timeout;
    }

    public void setTimeout(@CheckForNull String timeout) {
        this.timeout = Util.fixEmptyAndTrim(timeout);
    }

    @Override
    public boolean isSkipIfBusy() {
        return skipIfBusy;
    }

    public void setSkipIfBusy(boolean skipIfBusy) {
        this.skipIfBusy = skipIfBusy;
    }

    @Override
    public int getPriority() {
        return priority;
    }

    public void setPriority(int priority) {
        this.priority = priority;
    }
}
