using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Interop;

internal static unsafe partial class Libbpf
{
    // const char *bpf_map__name(const struct bpf_map *map);
    [LibraryImport(Library, EntryPoint = "bpf_map__name")]
    public static partial byte* MapName(nint map);

    // int bpf_map__fd(const struct bpf_map *map);
    [LibraryImport(Library, EntryPoint = "bpf_map__fd")]
    public static partial int MapFd(nint map);

    // bool bpf_map__is_internal(const struct bpf_map *map);
    [LibraryImport(Library, EntryPoint = "bpf_map__is_internal")]
    public static partial byte MapIsInternal(nint map);

    // enum bpf_map_type bpf_map__type(const struct bpf_map *map);
    [LibraryImport(Library, EntryPoint = "bpf_map__type")]
    public static partial uint MapType(nint map);

    // __u32 bpf_map__key_size(const struct bpf_map *map);
    [LibraryImport(Library, EntryPoint = "bpf_map__key_size")]
    public static partial uint MapKeySize(nint map);

    // __u32 bpf_map__value_size(const struct bpf_map *map);
    [LibraryImport(Library, EntryPoint = "bpf_map__value_size")]
    public static partial uint MapValueSize(nint map);

    // __u32 bpf_map__max_entries(const struct bpf_map *map);
    [LibraryImport(Library, EntryPoint = "bpf_map__max_entries")]
    public static partial uint MapMaxEntries(nint map);

    // __u32 bpf_map__map_flags(const struct bpf_map *map);
    [LibraryImport(Library, EntryPoint = "bpf_map__map_flags")]
    public static partial uint MapFlags(nint map);

    // int bpf_map__set_max_entries(struct bpf_map *map, __u32 max_entries);
    [LibraryImport(Library, EntryPoint = "bpf_map__set_max_entries")]
    public static partial int MapSetMaxEntries(nint map, uint maxEntries);

    // int bpf_map__set_autocreate(struct bpf_map *map, bool autocreate);
    [LibraryImport(Library, EntryPoint = "bpf_map__set_autocreate")]
    public static partial int MapSetAutocreate(nint map, byte autocreate);

    // int bpf_map__set_map_flags(struct bpf_map *map, __u32 flags);
    [LibraryImport(Library, EntryPoint = "bpf_map__set_map_flags")]
    public static partial int MapSetFlags(nint map, uint flags);

    // struct bpf_map *bpf_map__inner_map(struct bpf_map *map);
    [LibraryImport(Library, EntryPoint = "bpf_map__inner_map")]
    public static partial nint MapInner(nint map);

    // int bpf_map__set_pin_path(struct bpf_map *map, const char *path);
    [LibraryImport(Library, EntryPoint = "bpf_map__set_pin_path", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MapSetPinPath(nint map, string path);

    // int bpf_map__reuse_fd(struct bpf_map *map, int fd);
    [LibraryImport(Library, EntryPoint = "bpf_map__reuse_fd")]
    public static partial int MapReuseFd(nint map, int fd);

    // const void *bpf_map__initial_value(struct bpf_map *map, size_t *psize);
    [LibraryImport(Library, EntryPoint = "bpf_map__initial_value")]
    public static partial byte* MapInitialValue(nint map, nuint* size);

    // int bpf_map_create(enum bpf_map_type map_type, const char *map_name, __u32 key_size, __u32 value_size,
    //                    __u32 max_entries, const struct bpf_map_create_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_map_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MapCreate(uint type, string? name, uint keySize, uint valueSize, uint maxEntries, MapCreateOptions* options);

    // int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags);
    [LibraryImport(Library, EntryPoint = "bpf_map_update_elem")]
    public static partial int MapUpdate(int fd, void* key, void* value, ulong flags);

    // int bpf_map_lookup_elem(int fd, const void *key, void *value);
    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_elem")]
    public static partial int MapLookup(int fd, void* key, void* value);

    // int bpf_map_lookup_and_delete_elem(int fd, const void *key, void *value);
    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_and_delete_elem")]
    public static partial int MapLookupAndDelete(int fd, void* key, void* value);

    // int bpf_map_delete_elem(int fd, const void *key);
    [LibraryImport(Library, EntryPoint = "bpf_map_delete_elem")]
    public static partial int MapDelete(int fd, void* key);

    // int bpf_map_get_next_key(int fd, const void *key, void *next_key);
    [LibraryImport(Library, EntryPoint = "bpf_map_get_next_key")]
    public static partial int MapNextKey(int fd, void* key, void* nextKey);

    // int bpf_map_freeze(int fd);
    [LibraryImport(Library, EntryPoint = "bpf_map_freeze")]
    public static partial int MapFreeze(int fd);

    // int bpf_map_delete_batch(int fd, const void *keys, __u32 *count, const struct bpf_map_batch_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_map_delete_batch")]
    public static partial int MapDeleteBatch(int fd, void* keys, uint* count, MapBatchOptions* options);

    // int bpf_map_lookup_batch(int fd, void *in_batch, void *out_batch, void *keys, void *values, __u32 *count,
    //                          const struct bpf_map_batch_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_batch")]
    public static partial int MapLookupBatch(int fd, void* inBatch, void* outBatch, void* keys, void* values, uint* count, MapBatchOptions* options);

    // int bpf_map_lookup_and_delete_batch(int fd, void *in_batch, void *out_batch, void *keys, void *values, __u32 *count,
    //                                     const struct bpf_map_batch_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_and_delete_batch")]
    public static partial int MapLookupAndDeleteBatch(int fd, void* inBatch, void* outBatch, void* keys, void* values, uint* count, MapBatchOptions* options);

    // int bpf_map_update_batch(int fd, const void *keys, const void *values, __u32 *count, const struct bpf_map_batch_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_map_update_batch")]
    public static partial int MapUpdateBatch(int fd, void* keys, void* values, uint* count, MapBatchOptions* options);
}
