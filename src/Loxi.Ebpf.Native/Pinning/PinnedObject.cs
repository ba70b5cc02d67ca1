namespace Loxi.Ebpf.Native.Pinning;

/// <summary>An entry of a pin directory.</summary>
/// <param name="Name">File name.</param>
/// <param name="Path">Whole path.</param>
/// <param name="Kind">What is pinned.</param>
public readonly record struct PinnedObject(string Name, string Path, PinKind Kind);
