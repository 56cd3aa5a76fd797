/*
 * A stand-in for NVIDIA's management library (NVML) that obeys a text file, for tests on machines without a GPU.
 *
 * It lives beside its files: "fake-nvml.conf" (the world) and "fake-nvml.log" (who called what) are in the folder of the
 * library itself, so each copy of the library is a world of its own, in whatever process it is loaded. The world is read
 * again when the file changes; replace the file as a whole (write another, rename it), so that nobody reads half of it.
 * A missing file is a host without GPUs. README.md in this folder describes the format.
 *
 * Build: gcc -shared -fPIC -O1 -Wall -Wextra -DFAKE_NVML=550 -o libnvidia-ml.so.1 fake_nvml.c -ldl -lpthread
 *
 * FAKE_NVML is the driver's generation, and decides which symbols there are: 450, 470, 510, 535 (process lists with 32
 * bytes for each process, as 535.43 to 535.86 had by mistake), 550 (the default: everything). 1 is a library that is not NVML.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef FAKE_NVML
#define FAKE_NVML 550
#endif

#if FAKE_NVML == 1

int fakeLibraryThatIsNotNvml(void) {
    return 0;
}

#else

enum {
    SUCCESS = 0,
    UNINITIALIZED = 1,
    INVALID_ARGUMENT = 2,
    NOT_SUPPORTED = 3,
    NO_PERMISSION = 4,
    NOT_FOUND = 6,
    INSUFFICIENT_SIZE = 7,
    TIMEOUT = 10,
    LOST = 15,
    VERSION_MISMATCH = 25
};

#define MAX_HANDLES 4096
#define MAX_SETS 64
#define MAX_RAISED 1024
#define TEXT 160
#define MIB (1024ULL * 1024ULL)
#define UNKNOWN_U64 (~0ULL)

/* ---------------------------------------------------------------- the world */

struct line {
    char *key;
    char *rest;
};

/* Section 0 is the host, the others are GPUs. */
struct section {
    char *uuid;
    struct line *lines;
    int count;
};

struct handle {
    char gpu[TEXT];
    char instance[TEXT]; /* empty for a GPU */
    unsigned long layout; /* of the MIG instances when it was given out */
};

/* What a call is about. */
struct target {
    struct section *gpu;
    struct line *instance;
};

struct event_set {
    int used;
    struct handle *registered[64];
    int count;
};

static pthread_mutex_t world = PTHREAD_MUTEX_INITIALIZER;
static char folder[4096];
static char *text;
static struct section *sections;
static int section_count;
static struct stat read_at;
static int was_read;

static int initialized;
static struct handle *handles[MAX_HANDLES];
static int handle_count;
static struct event_set sets[MAX_SETS];
static char raised[MAX_RAISED][TEXT]; /* Xid events that are old news */
static int raised_count;
static char attached[64][TEXT];
static int attached_count;

static void locate(void) {
    Dl_info self;
    if (folder[0] || !dladdr((void *) &locate, &self)) {
        return;
    }
    snprintf(folder, sizeof folder, "%s", self.dli_fname);
    char *slash = strrchr(folder, '/');
    if (slash) {
        *slash = 0;
    } else {
        snprintf(folder, sizeof folder, ".");
    }
}

static char *skip_blanks(char *at) {
    while (*at == ' ' || *at == '\t') {
        at++;
    }
    return at;
}

static void add_line(struct section *section, char *key, char *rest) {
    section->lines = realloc(section->lines, (section->count + 1) * sizeof *section->lines);
    section->lines[section->count].key = key;
    section->lines[section->count].rest = rest;
    section->count++;
}

static struct section *add_section(char *uuid) {
    sections = realloc(sections, (section_count + 1) * sizeof *sections);
    struct section *section = &sections[section_count++];
    memset(section, 0, sizeof *section);
    section->uuid = uuid;
    return section;
}

static void forget_world(void) {
    for (int i = 0; i < section_count; i++) {
        free(sections[i].lines);
    }
    free(sections);
    free(text);
    sections = NULL;
    section_count = 0;
    text = NULL;
}

static void parse(void) {
    struct section *section = add_section("-");
    char *rest_of_text = text;
    char *one;
    while ((one = strsep(&rest_of_text, "\n"))) {
        char *key = skip_blanks(one);
        if (!*key || *key == '#') {
            continue;
        }
        char *rest = key + strcspn(key, " \t");
        if (*rest) {
            *rest++ = 0;
            rest = skip_blanks(rest);
        }
        if (!strcmp(key, "gpu")) {
            section = add_section(rest);
        } else {
            add_line(section, key, rest);
        }
    }
}

static void raise_name(char *name, const char *uuid, const char *rest) {
    snprintf(name, TEXT, "%.80s %.70s", uuid, rest);
}

static int is_raised(const char *name) {
    for (int i = 0; i < raised_count; i++) {
        if (!strcmp(raised[i], name)) {
            return 1;
        }
    }
    return 0;
}

static void mark_raised(const char *name) {
    if (raised_count < MAX_RAISED) {
        snprintf(raised[raised_count++], TEXT, "%s", name);
    }
}

/* What a driver reported before the library was loaded is not reported again. */
static void forget_old_events(void) {
    for (int i = 1; i < section_count; i++) {
        for (int k = 0; k < sections[i].count; k++) {
            if (!strcmp(sections[i].lines[k].key, "xid")) {
                char name[TEXT];
                raise_name(name, sections[i].uuid, sections[i].lines[k].rest);
                mark_raised(name);
            }
        }
    }
}

static void read_world(void) {
    char path[4200];
    struct stat now;
    locate();
    snprintf(path, sizeof path, "%s/fake-nvml.conf", folder);
    memset(&now, 0, sizeof now);
    int missing = stat(path, &now);
    if (was_read && now.st_ino == read_at.st_ino && now.st_size == read_at.st_size
            && now.st_mtim.tv_sec == read_at.st_mtim.tv_sec && now.st_mtim.tv_nsec == read_at.st_mtim.tv_nsec) {
        return;
    }
    forget_world();
    text = calloc(1, now.st_size + 1);
    int file = missing ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t got = read(file, text, now.st_size);
        text[got < 0 ? 0 : got] = 0;
        close(file);
    }
    parse();
    if (!was_read) {
        forget_old_events();
    }
    was_read = 1;
    read_at = now;
}

/* The rest of the n-th line with a key, or NULL. */
static char *nth(struct section *section, const char *key, int n) {
    for (int i = 0; i < section->count; i++) {
        if (!strcmp(section->lines[i].key, key) && n-- == 0) {
            return section->lines[i].rest;
        }
    }
    return NULL;
}

static char *value(struct section *section, const char *key) {
    return nth(section, key, 0);
}

static long long number_of(struct section *section, const char *key, long long otherwise) {
    char *rest = value(section, key);
    return rest && *rest ? strtoll(rest, NULL, 0) : otherwise;
}

/* The number behind "KEY NAME", or otherwise. */
static int named_number(struct section *section, const char *key, const char *name, int otherwise) {
    char *rest;
    size_t length = strlen(name);
    for (int i = 0; (rest = nth(section, key, i)); i++) {
        if (!strncmp(rest, name, length) && (rest[length] == ' ' || !rest[length])) {
            return rest[length] ? (int) strtol(rest + length, NULL, 0) : 0;
        }
    }
    return otherwise;
}

static int gpu_index(struct section *gpu) {
    return (int) number_of(gpu, "index", gpu - sections - 1);
}

static struct section *gpu_by_index(int index) {
    for (int i = 1; i < section_count; i++) {
        if (gpu_index(&sections[i]) == index) {
            return &sections[i];
        }
    }
    return NULL;
}

static struct section *gpu_by_uuid(const char *uuid) {
    for (int i = 1; i < section_count; i++) {
        if (!strcmp(sections[i].uuid, uuid)) {
            return &sections[i];
        }
    }
    return NULL;
}

static const char *pci_of(struct section *gpu) {
    char *pci = value(gpu, "pci");
    return pci ? pci : "00000000:00:00.0";
}

static int lost_code(struct section *gpu) {
    return (int) number_of(gpu, "lost", SUCCESS);
}

/* ---------------------------------------------------------------- MIG instances: "instance INDEX UUID GI CI SLICES MIB" */

struct instance {
    int index;
    char uuid[TEXT];
    unsigned gi;
    unsigned ci;
    unsigned slices;
    unsigned long long mib;
};

static int parse_instance(const char *rest, struct instance *into) {
    return sscanf(rest, "%d %159s %u %u %u %llu", &into->index, into->uuid, &into->gi, &into->ci, &into->slices, &into->mib)
            == 6;
}

static struct line *instance_line(struct section *gpu, int index, const char *uuid) {
    struct instance one;
    for (int i = 0; i < gpu->count; i++) {
        struct line *line = &gpu->lines[i];
        if (!strcmp(line->key, "instance") && parse_instance(line->rest, &one)
                && (uuid ? !strcmp(one.uuid, uuid) : one.index == index)) {
            return line;
        }
    }
    return NULL;
}

static unsigned long layout_of(struct section *gpu) {
    unsigned long hash = 5381;
    char *rest;
    for (int i = 0; (rest = nth(gpu, "instance", i)); i++) {
        for (char *at = rest; *at; at++) {
            hash = hash * 33 + (unsigned char) *at;
        }
    }
    return hash;
}

/* ---------------------------------------------------------------- handles */

static struct handle *handle_for(struct section *gpu, const char *instance) {
    unsigned long layout = *instance ? layout_of(gpu) : 0;
    for (int i = 0; i < handle_count; i++) {
        if (!strcmp(handles[i]->gpu, gpu->uuid) && !strcmp(handles[i]->instance, instance) && handles[i]->layout == layout) {
            return handles[i];
        }
    }
    if (handle_count == MAX_HANDLES) {
        return NULL;
    }
    struct handle *handle = calloc(1, sizeof *handle);
    snprintf(handle->gpu, TEXT, "%s", gpu->uuid);
    snprintf(handle->instance, TEXT, "%s", instance);
    handle->layout = layout;
    handles[handle_count++] = handle;
    return handle;
}

static int is_handle(void *device) {
    for (int i = 0; i < handle_count; i++) {
        if (handles[i] == device) {
            return 1;
        }
    }
    return 0;
}

static const char *name_of(void *device) {
    if (!device) {
        return "-";
    }
    if (!is_handle(device)) {
        return "INVALID-HANDLE";
    }
    struct handle *handle = device;
    return *handle->instance ? handle->instance : handle->gpu;
}

static void log_call(const char *function, const char *device);

static int resolve(void *device, struct target *target) {
    memset(target, 0, sizeof *target);
    if (!is_handle(device)) {
        return INVALID_ARGUMENT;
    }
    struct handle *handle = device;
    target->gpu = gpu_by_uuid(handle->gpu);
    if (!target->gpu) {
        return LOST;
    }
    if (*handle->instance) {
        if (handle->layout != layout_of(target->gpu)) {
            log_call("STALE-HANDLE", handle->instance);
            if (value(&sections[0], "stale-handles-abort")) {
                abort();
            }
            return INVALID_ARGUMENT;
        }
        target->instance = instance_line(target->gpu, 0, handle->instance);
    }
    return lost_code(target->gpu) ? LOST : SUCCESS;
}

/* ---------------------------------------------------------------- log and faults */

static void log_call(const char *function, const char *device) {
    static int file = -1;
    char path[4200];
    char line[512];
    if (file < 0) {
        snprintf(path, sizeof path, "%s/fake-nvml.log", folder);
        file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    }
    int length = snprintf(line, sizeof line, "%s %s %d %ld\n", function, device, (int) getpid(), syscall(SYS_gettid));
    if (file >= 0 && write(file, line, length) != length) {
        abort();
    }
}

static void wait_ms(long ms) {
    struct timespec time = {ms / 1000, (ms % 1000) * 1000000L};
    nanosleep(&time, NULL);
}

static struct section *section_again(const char *uuid) {
    read_world();
    if (!strcmp(uuid, "-")) {
        return &sections[0];
    }
    return gpu_by_uuid(uuid);
}

/* A fault may be named by its function, or by the group that a function belongs to: "init" or "handle". */
static int fault(struct section *section, const char *kind, const char *function, const char *group, int otherwise) {
    int by_name = named_number(section, kind, function, otherwise);
    return by_name != otherwise || !group ? by_name : named_number(section, kind, group, otherwise);
}

/* Acts out what the file says of a function; called with the lock, which it drops while it waits. */
static int act(const char *uuid, const char *function, const char *group) {
    char whose[TEXT];
    snprintf(whose, sizeof whose, "%s", uuid);
    struct section *section = section_again(whose);
    if (section && fault(section, "abort", function, group, -1) >= 0) {
        abort();
    }
    int delay = section ? fault(section, "slow", function, group, 0) : 0;
    if (delay > 0) {
        pthread_mutex_unlock(&world);
        wait_ms(delay);
        pthread_mutex_lock(&world);
    }
    while ((section = section_again(whose)) && fault(section, "hang", function, group, -1) >= 0) {
        pthread_mutex_unlock(&world);
        wait_ms(10);
        pthread_mutex_lock(&world);
    }
    return section ? fault(section, "fail", function, group, SUCCESS) : SUCCESS;
}

/* Begins a call that concerns no device. The lock is held if, and only if, the answer is 0. */
static int begin(const char *function, const char *group) {
    pthread_mutex_lock(&world);
    read_world();
    log_call(function, "-");
    int code = initialized || group ? act("-", function, group) : UNINITIALIZED;
    if (code) {
        pthread_mutex_unlock(&world);
    }
    return code;
}

/* Begins a call that concerns a device. The lock is held if, and only if, the answer is 0. */
static int begin_device(const char *function, void *device, struct target *target) {
    pthread_mutex_lock(&world);
    read_world();
    log_call(function, name_of(device));
    int code = initialized ? resolve(device, target) : UNINITIALIZED;
    if (!code && !target->instance) {
        code = act(target->gpu->uuid, function, NULL);
        int found = resolve(device, target); /* the world may have changed meanwhile */
        code = code ? code : found;
    }
    if (code) {
        pthread_mutex_unlock(&world);
    }
    return code;
}

static int end(int code) {
    pthread_mutex_unlock(&world);
    return code;
}

/* ---------------------------------------------------------------- library and host */

int nvmlInit_v2(void) {
    int code = begin(__func__, "init");
    if (code) {
        return code;
    }
    initialized++;
    return end(SUCCESS);
}

int nvmlShutdown(void) {
    int code = begin(__func__, NULL);
    if (code) {
        return code;
    }
    initialized--;
    return end(SUCCESS);
}

const char *nvmlErrorString(int code) {
    switch (code) {
        case SUCCESS:
            return "The operation was successful";
        case LOST:
            return "GPU is lost";
        default:
            return "Unknown Error";
    }
}

static int copy_text(const char *from, char *into, unsigned length) {
    if (strlen(from) >= length) {
        return INSUFFICIENT_SIZE;
    }
    strcpy(into, from);
    return SUCCESS;
}

static int host_text(const char *function, const char *key, const char *otherwise, char *into, unsigned length) {
    int code = begin(function, NULL);
    if (code) {
        return code;
    }
    char *found = value(&sections[0], key);
    return end(copy_text(found ? found : otherwise, into, length));
}

int nvmlSystemGetDriverVersion(char *into, unsigned length) {
    return host_text(__func__, "driver", "550.54.15", into, length);
}

static int cuda_version(const char *function, int *version) {
    int code = begin(function, NULL);
    if (code) {
        return code;
    }
    *version = (int) number_of(&sections[0], "cuda", 12040);
    return end(SUCCESS);
}

int nvmlSystemGetCudaDriverVersion(int *version) {
    return cuda_version(__func__, version);
}

int nvmlSystemGetCudaDriverVersion_v2(int *version) {
    return cuda_version(__func__, version);
}

int nvmlDeviceGetCount_v2(unsigned *count) {
    int code = begin(__func__, NULL);
    if (code) {
        return code;
    }
    *count = (unsigned) number_of(&sections[0], "count", section_count - 1);
    return end(SUCCESS);
}

/* ---------------------------------------------------------------- from names to handles */

static void attach(struct section *gpu) {
    for (int i = 0; i < attached_count; i++) {
        if (!strcmp(attached[i], gpu->uuid)) {
            return;
        }
    }
    if (attached_count < 64) {
        snprintf(attached[attached_count++], TEXT, "%s", gpu->uuid);
    }
    long delay = (long) number_of(gpu, "attach-delay", 0);
    if (delay > 0) {
        pthread_mutex_unlock(&world);
        wait_ms(delay);
        pthread_mutex_lock(&world);
    }
}

/* Gives the handle of a GPU or an instance out; called with the lock, and drops it. */
static int give(const char *function, struct section *gpu, const char *instance, void **device) {
    char uuid[TEXT];
    if (!gpu) {
        return end(NOT_FOUND);
    }
    snprintf(uuid, sizeof uuid, "%s", gpu->uuid);
    log_call(function, *instance ? instance : uuid);
    attach(gpu);
    int code = act(uuid, function, "handle");
    gpu = gpu_by_uuid(uuid);
    if (!gpu || code) {
        return end(code ? code : NOT_FOUND);
    }
    if (lost_code(gpu)) {
        return end(lost_code(gpu));
    }
    *device = handle_for(gpu, instance);
    return end(SUCCESS);
}

static int begin_lookup(void) {
    pthread_mutex_lock(&world);
    read_world();
    return initialized ? SUCCESS : end(UNINITIALIZED);
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) {
    int code = begin_lookup();
    if (code) {
        return code;
    }
    struct section *gpu = gpu_by_index((int) index);
    return gpu ? give(__func__, gpu, "", device) : end(INVALID_ARGUMENT);
}

/* As the real one, it looks at one GPU after the other, and fails when it meets a lost one on its way. */
int nvmlDeviceGetHandleByUUID(const char *uuid, void **device) {
    char wanted[TEXT];
    int code = begin_lookup();
    if (code) {
        return code;
    }
    snprintf(wanted, sizeof wanted, "%s", uuid);
    for (int index = 0; index < 64; index++) {
        struct section *gpu = gpu_by_index(index);
        if (!gpu) {
            continue;
        }
        if (lost_code(gpu)) {
            log_call(__func__, wanted);
            return end(lost_code(gpu));
        }
        if (!strcmp(gpu->uuid, wanted)) {
            return give(__func__, gpu, "", device);
        }
        if (instance_line(gpu, 0, wanted)) {
            return give(__func__, gpu, wanted, device);
        }
    }
    log_call(__func__, wanted);
    return end(NOT_FOUND);
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *pci, void **device) {
    int code = begin_lookup();
    if (code) {
        return code;
    }
    for (int i = 1; i < section_count; i++) {
        if (!strcasecmp(pci_of(&sections[i]), pci)) {
            return give(__func__, &sections[i], "", device);
        }
    }
    log_call(__func__, pci);
    return end(NOT_FOUND);
}

/* ---------------------------------------------------------------- what a device is */

int nvmlDeviceGetUUID(void *device, char *into, unsigned length) {
    struct target at;
    struct instance one;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    if (at.instance && parse_instance(at.instance->rest, &one)) {
        return end(copy_text(one.uuid, into, length));
    }
    char *answered = value(at.gpu, "uuid");
    return end(copy_text(answered ? answered : at.gpu->uuid, into, length));
}

int nvmlDeviceGetName(void *device, char *into, unsigned length) {
    struct target at;
    struct instance one;
    char name[2 * TEXT];
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    char *gpu = value(at.gpu, "name");
    snprintf(name, sizeof name, "%.150s", gpu ? gpu : "NVIDIA Fake GPU");
    if (FAKE_NVML >= 470 && at.instance && parse_instance(at.instance->rest, &one)) {
        size_t used = strlen(name);
        snprintf(name + used, sizeof name - used, " MIG %ug.%llugb", one.slices, (one.mib + 1023) / 1024);
    }
    return end(copy_text(name, into, length));
}

static void fill_pci(const char *pci, void *into) {
    unsigned domain = 0, bus = 0, slot = 0;
    char *bytes = into;
    memset(bytes, 0, 68);
    sscanf(pci, "%x:%x:%x", &domain, &bus, &slot);
    snprintf(bytes, 16, "%04X:%02X:%02X.0", domain & 0xffff, bus & 0xff, slot & 0xff);
    memcpy(bytes + 16, &domain, 4);
    memcpy(bytes + 20, &bus, 4);
    memcpy(bytes + 24, &slot, 4);
    snprintf(bytes + 36, 32, "%08X:%02X:%02X.0", domain, bus & 0xff, slot & 0xff);
}

int nvmlDeviceGetPciInfo_v3(void *device, void *into) {
    struct target at;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    fill_pci(pci_of(at.gpu), into);
    return end(SUCCESS);
}

int nvmlDeviceGetCudaComputeCapability(void *device, int *major, int *minor) {
    struct target at;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    char *capability = value(at.gpu, "capability");
    return end(capability && sscanf(capability, "%d.%d", major, minor) == 2 ? SUCCESS : NOT_SUPPORTED);
}

int nvmlDeviceGetMemoryAffinity(void *device, unsigned size, unsigned long *nodes, unsigned scope) {
    struct target at;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    long long node = number_of(at.gpu, "numa", -1);
    if (node < 0 || !size || scope) {
        return end(NOT_SUPPORTED);
    }
    memset(nodes, 0, size * sizeof *nodes);
    nodes[0] = 1UL << node;
    return end(SUCCESS);
}

/* ---------------------------------------------------------------- processes: "process PID MIB KIND [GI CI]" */

struct process {
    unsigned pid;
    unsigned long long used;
    char kind[16];
    unsigned gi;
    unsigned ci;
};

static int parse_process(const char *rest, struct process *into) {
    char memory[32];
    into->gi = into->ci = ~0U;
    if (sscanf(rest, "%u %31s %15s %u %u", &into->pid, memory, into->kind, &into->gi, &into->ci) < 3) {
        return 0;
    }
    into->used = strcmp(memory, "unknown") ? strtoull(memory, NULL, 0) * MIB : UNKNOWN_U64;
    return 1;
}

/* Goes on to the next process of a device, 0 behind the last. "live-process" is there only while the process lives. */
static int next_process(struct target *at, const char *kind, int *cursor, struct process *into) {
    struct instance one;
    while (*cursor < at->gpu->count) {
        struct line *line = &at->gpu->lines[(*cursor)++];
        int live = !strcmp(line->key, "live-process");
        if ((!live && strcmp(line->key, "process")) || !parse_process(line->rest, into)
                || (kind && strcmp(kind, into->kind)) || (live && kill((pid_t) into->pid, 0))) {
            continue;
        }
        if (at->instance && parse_instance(at->instance->rest, &one) && (one.gi != into->gi || one.ci != into->ci)) {
            continue;
        }
        return 1;
    }
    return 0;
}

static void put_process(char *into, int stride, struct process *one) {
    unsigned long long protected_memory = 0;
    memcpy(into, &one->pid, 4);
    memcpy(into + 8, &one->used, 8);
    if (stride >= 24) {
        memcpy(into + 16, &one->gi, 4);
        memcpy(into + 20, &one->ci, 4);
    }
    if (stride >= 32) {
        memcpy(into + 24, &protected_memory, 8);
    }
}

static int list_processes(const char *function, void *device, const char *kind, int stride, unsigned *count, void *into) {
    static int grown;
    struct target at;
    struct process one;
    int code = begin_device(function, device, &at);
    if (code) {
        return code;
    }
    if (!at.instance && value(at.gpu, "mig") && !value(at.gpu, "mig-root")) {
        return end(NO_PERMISSION);
    }
    unsigned total = 0;
    int cursor = 0;
    while (next_process(&at, kind, &cursor, &one)) {
        total++;
    }
    /* A list that grows between the two calls of the protocol: "process-growth TIMES BY". */
    int times = 0, by = 0;
    char *growth = value(at.gpu, "process-growth");
    if (growth && total && sscanf(growth, "%d %d", &times, &by) == 2 && grown < times) {
        grown++;
        *count = *count + (unsigned) by;
        return end(INSUFFICIENT_SIZE);
    }
    if (total > *count) {
        *count = total;
        return end(INSUFFICIENT_SIZE);
    }
    cursor = 0;
    unsigned written = 0; /* a live process may have ended since it was counted */
    for (; written < total && next_process(&at, kind, &cursor, &one); written++) {
        put_process((char *) into + (size_t) written * stride, stride, &one);
    }
    *count = written;
    return end(SUCCESS);
}

#define STRIDE_V3 (FAKE_NVML == 535 ? 32 : 24)
#define PROCESS_LIST(name, kind, stride)                                                                                \
    int name(void *device, unsigned *count, void *into) {                                                               \
        return list_processes(__func__, device, kind, stride, count, into);                                             \
    }

PROCESS_LIST(nvmlDeviceGetComputeRunningProcesses, "compute", 16)
PROCESS_LIST(nvmlDeviceGetGraphicsRunningProcesses, "graphics", 16)
#if FAKE_NVML >= 470
PROCESS_LIST(nvmlDeviceGetComputeRunningProcesses_v2, "compute", 24)
PROCESS_LIST(nvmlDeviceGetGraphicsRunningProcesses_v2, "graphics", 24)
PROCESS_LIST(nvmlDeviceGetMPSComputeRunningProcesses, "mps", 24)
#endif
#if FAKE_NVML >= 510
PROCESS_LIST(nvmlDeviceGetComputeRunningProcesses_v3, "compute", STRIDE_V3)
PROCESS_LIST(nvmlDeviceGetGraphicsRunningProcesses_v3, "graphics", STRIDE_V3)
PROCESS_LIST(nvmlDeviceGetMPSComputeRunningProcesses_v3, "mps", STRIDE_V3)
#endif

/* ---------------------------------------------------------------- memory */

struct memory {
    unsigned long long total;
    unsigned long long reserved;
    unsigned long long used;
};

static int memory_of(struct target *at, struct memory *into) {
    struct process one;
    struct instance instance;
    if (at->instance && parse_instance(at->instance->rest, &instance)) {
        into->total = instance.mib * MIB;
        into->reserved = 0;
        into->used = 0;
    } else {
        if (number_of(at->gpu, "memory", 0) <= 0) {
            return NOT_SUPPORTED;
        }
        into->total = number_of(at->gpu, "memory", 0) * MIB;
        into->reserved = number_of(at->gpu, "reserved", 0) * MIB;
        into->used = number_of(at->gpu, "hidden", 0) * MIB;
    }
    for (int cursor = 0; next_process(at, NULL, &cursor, &one);) {
        into->used += one.used == UNKNOWN_U64 ? 0 : one.used;
    }
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *into) {
    struct target at;
    struct memory memory;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    code = memory_of(&at, &memory);
    if (!code) {
        into[0] = memory.total;
        into[1] = memory.total - memory.used - memory.reserved;
        into[2] = memory.used + memory.reserved;
    }
    return end(code);
}

#if FAKE_NVML >= 510
int nvmlDeviceGetMemoryInfo_v2(void *device, char *into) {
    struct target at;
    struct memory memory;
    unsigned version;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    memcpy(&version, into, 4);
    if (version != 0x02000028U) {
        return end(VERSION_MISMATCH);
    }
    code = memory_of(&at, &memory);
    if (!code) {
        unsigned long long available = memory.total - memory.used - memory.reserved;
        memcpy(into + 8, &memory.total, 8);
        memcpy(into + 16, &memory.reserved, 8);
        memcpy(into + 24, &available, 8);
        memcpy(into + 32, &memory.used, 8);
    }
    return end(code);
}
#endif

/* ---------------------------------------------------------------- what a device does */

/* A number from the file; instances have none of their own. */
static int number(const char *function, void *device, const char *key, unsigned *into) {
    struct target at;
    int code = begin_device(function, device, &at);
    if (code) {
        return code;
    }
    if (at.instance || !value(at.gpu, key)) {
        return end(NOT_SUPPORTED);
    }
    *into = (unsigned) number_of(at.gpu, key, 0);
    return end(SUCCESS);
}

static int wide_number(const char *function, void *device, const char *key, unsigned long long *into) {
    struct target at;
    int code = begin_device(function, device, &at);
    if (code) {
        return code;
    }
    if (at.instance || !value(at.gpu, key)) {
        return end(NOT_SUPPORTED);
    }
    *into = (unsigned long long) number_of(at.gpu, key, 0);
    return end(SUCCESS);
}

int nvmlDeviceGetUtilizationRates(void *device, unsigned *into) {
    struct target at;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    char *rates = value(at.gpu, "utilization");
    int found = !at.instance && rates && sscanf(rates, "%u %u", &into[0], &into[1]) == 2;
    return end(found ? SUCCESS : NOT_SUPPORTED);
}

int nvmlDeviceGetTemperature(void *device, unsigned sensor, unsigned *celsius) {
    return sensor ? INVALID_ARGUMENT : number(__func__, device, "temperature", celsius);
}

int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts) {
    return number(__func__, device, "power", milliwatts);
}

int nvmlDeviceGetMinorNumber(void *device, unsigned *minor) {
    return number(__func__, device, "minor", minor);
}

int nvmlDeviceGetPersistenceMode(void *device, unsigned *mode) {
    return number(__func__, device, "persistence", mode);
}

int nvmlDeviceGetComputeMode(void *device, unsigned *mode) {
    return number(__func__, device, "compute-mode", mode);
}

int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *reasons) {
    return wide_number(__func__, device, "throttle", reasons);
}

#if FAKE_NVML >= 535
int nvmlDeviceGetCurrentClocksEventReasons(void *device, unsigned long long *reasons) {
    return wide_number(__func__, device, "throttle", reasons);
}
#endif

int nvmlDeviceGetTotalEccErrors(void *device, unsigned type, unsigned counter, unsigned long long *errors) {
    int uncorrected_volatile = type == 1 && counter == 0;
    return wide_number(__func__, device, uncorrected_volatile ? "ecc" : "ecc-other", errors);
}

int nvmlDeviceGetRetiredPagesPendingStatus(void *device, unsigned *pending) {
    return number(__func__, device, "retired-pending", pending);
}

int nvmlDeviceGetRemappedRows(void *device, unsigned *corrected, unsigned *uncorrected, unsigned *pending, unsigned *failed) {
    struct target at;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    char *rows = value(at.gpu, "remapped");
    int found = !at.instance && !value(at.gpu, "mig") && rows
            && sscanf(rows, "%u %u %u %u", corrected, uncorrected, pending, failed) == 4;
    return end(found ? SUCCESS : NOT_SUPPORTED);
}

/* ---------------------------------------------------------------- MIG */

int nvmlDeviceGetMigMode(void *device, unsigned *current, unsigned *pending) {
    struct target at;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    if (at.instance) {
        return end(INVALID_ARGUMENT);
    }
    *current = *pending = value(at.gpu, "mig") != NULL;
    return end(SUCCESS);
}

int nvmlDeviceGetMaxMigDeviceCount(void *device, unsigned *count) {
    return number(__func__, device, "mig", count);
}

int nvmlDeviceGetMigDeviceHandleByIndex(void *device, unsigned index, void **instance) {
    struct target at;
    struct instance one;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    struct line *line = instance_line(at.gpu, (int) index, NULL);
    if (!line || !parse_instance(line->rest, &one)) {
        return end(NOT_FOUND);
    }
    *instance = handle_for(at.gpu, one.uuid);
    return end(SUCCESS);
}

int nvmlDeviceIsMigDeviceHandle(void *device, unsigned *is) {
    struct target at;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    *is = at.instance != NULL;
    return end(SUCCESS);
}

int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(void *instance, void **device) {
    struct target at;
    int code = begin_device(__func__, instance, &at);
    if (code) {
        return code;
    }
    if (!at.instance) {
        return end(INVALID_ARGUMENT);
    }
    *device = handle_for(at.gpu, "");
    return end(SUCCESS);
}

#if FAKE_NVML >= 470
int nvmlDeviceGetAttributes_v2(void *device, char *into) {
    struct target at;
    struct instance one;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    if (!at.instance || value(at.gpu, "mig-without-attributes") || !parse_instance(at.instance->rest, &one)) {
        return end(NOT_SUPPORTED);
    }
    memset(into, 0, 40);
    memcpy(into + 24, &one.slices, 4);
    memcpy(into + 28, &one.slices, 4);
    memcpy(into + 32, &one.mib, 8);
    return end(SUCCESS);
}
#endif

/* ---------------------------------------------------------------- connections */

/* "ancestor UUID LEVEL", at either of the two GPUs. */
int nvmlDeviceGetTopologyCommonAncestor(void *device, void *other, unsigned *level) {
    struct target at;
    struct target to;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    code = resolve(other, &to);
    if (code) {
        return end(code);
    }
    int found = named_number(at.gpu, "ancestor", to.gpu->uuid, -1);
    found = found >= 0 ? found : named_number(to.gpu, "ancestor", at.gpu->uuid, -1);
    if (found < 0) {
        return end(NOT_SUPPORTED);
    }
    *level = (unsigned) found;
    return end(SUCCESS);
}

/* "nvlinks MAXIMUM" ports; "nvlink PORT gpu|switch|npu PCI" or "nvlink PORT down". */
static int port_of(struct section *gpu, unsigned port, char *kind, char *pci) {
    char *rest;
    *kind = *pci = 0;
    if ((long long) port >= number_of(gpu, "nvlinks", 0)) {
        return value(gpu, "nvlinks") ? INVALID_ARGUMENT : NOT_SUPPORTED;
    }
    for (int i = 0; (rest = nth(gpu, "nvlink", i)); i++) {
        unsigned number;
        if (sscanf(rest, "%u %15s %63s", &number, kind, pci) >= 2 && number == port) {
            return SUCCESS;
        }
        *kind = *pci = 0;
    }
    return SUCCESS;
}

static int begin_port(const char *function, void *device, unsigned port, char *kind, char *pci) {
    struct target at;
    int code = begin_device(function, device, &at);
    if (code) {
        return code;
    }
    code = value(at.gpu, "mig") ? NOT_SUPPORTED : port_of(at.gpu, port, kind, pci);
    return code ? end(code) : SUCCESS;
}

int nvmlDeviceGetNvLinkState(void *device, unsigned port, unsigned *active) {
    char kind[16], pci[64];
    int code = begin_port(__func__, device, port, kind, pci);
    if (code) {
        return code;
    }
    *active = *kind && strcmp(kind, "down");
    return end(SUCCESS);
}

int nvmlDeviceGetNvLinkRemotePciInfo_v2(void *device, unsigned port, void *into) {
    char kind[16], pci[64];
    int code = begin_port(__func__, device, port, kind, pci);
    if (code) {
        return code;
    }
    if (!*pci) {
        return end(NOT_SUPPORTED);
    }
    fill_pci(pci, into);
    return end(SUCCESS);
}

#if FAKE_NVML >= 470
int nvmlDeviceGetNvLinkRemoteDeviceType(void *device, unsigned port, unsigned *type) {
    char kind[16], pci[64];
    int code = begin_port(__func__, device, port, kind, pci);
    if (code) {
        return code;
    }
    *type = !strcmp(kind, "gpu") ? 0 : !strcmp(kind, "npu") ? 1 : !strcmp(kind, "switch") ? 2 : 0xff;
    return end(SUCCESS);
}
#endif

/* ---------------------------------------------------------------- events: "xid SEQUENCE NUMBER" */

int nvmlEventSetCreate(void **set) {
    int code = begin(__func__, NULL);
    if (code) {
        return code;
    }
    for (int i = 0; i < MAX_SETS; i++) {
        if (!sets[i].used) {
            memset(&sets[i], 0, sizeof sets[i]);
            sets[i].used = 1;
            *set = &sets[i];
            return end(SUCCESS);
        }
    }
    return end(INVALID_ARGUMENT);
}

int nvmlEventSetFree(void *set) {
    int code = begin(__func__, NULL);
    if (code) {
        return code;
    }
    ((struct event_set *) set)->used = 0;
    return end(SUCCESS);
}

int nvmlDeviceGetSupportedEventTypes(void *device, unsigned long long *types) {
    struct target at;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    *types = at.instance ? 0 : 0x1b;
    return end(SUCCESS);
}

int nvmlDeviceRegisterEvents(void *device, unsigned long long types, void *set) {
    struct target at;
    struct event_set *into = set;
    int code = begin_device(__func__, device, &at);
    if (code) {
        return code;
    }
    if (at.instance || !(types & 0x8)) {
        return end(NOT_SUPPORTED);
    }
    if (into->count < 64) {
        into->registered[into->count++] = device;
    }
    return end(SUCCESS);
}

/* Takes the next event that a set has not seen; with the lock. */
static int take_event(struct event_set *set, char *into) {
    for (int i = 0; i < set->count; i++) {
        struct section *gpu = gpu_by_uuid(set->registered[i]->gpu);
        char *rest;
        for (int k = 0; gpu && (rest = nth(gpu, "xid", k)); k++) {
            char name[TEXT];
            unsigned long long xid = 0;
            raise_name(name, gpu->uuid, rest);
            if (is_raised(name) || sscanf(rest, "%*s %llu", &xid) != 1) {
                continue;
            }
            mark_raised(name);
            unsigned long long type = 0x8;
            memset(into, 0xff, 32);
            memcpy(into, &set->registered[i], 8);
            memcpy(into + 8, &type, 8);
            memcpy(into + 16, &xid, 8);
            return 1;
        }
    }
    return 0;
}

int nvmlEventSetWait_v2(void *set, char *into, unsigned timeout) {
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int code = begin(__func__, NULL);
    if (code) {
        return code;
    }
    for (;;) {
        read_world();
        if (take_event(set, into)) {
            return end(SUCCESS);
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
        long waited = (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
        if (waited >= (long) timeout) {
            return end(TIMEOUT);
        }
        pthread_mutex_unlock(&world);
        wait_ms(5);
        pthread_mutex_lock(&world);
    }
}

#endif
