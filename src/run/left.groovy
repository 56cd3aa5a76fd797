// What is still held, for bin/run --once.
def views = io.jenkins.plugins.gpulease.GpuLeases.get().table().views()
print "${views.sum(0) { it.leases().size() }} leases, ${views.sum(0) { it.waiters().size() }} waiters"
