namespace Loxi.Ebpf.Native.Pinning;

/// <summary>What is pinned.</summary>
public enum PinKind
{
    /// <summary>A map.</summary>
    Map,

    /// <summary>A program.</summary>
    Program,

    /// <summary>A link.</summary>
    Link,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>Something else.</summary>
    Other,
}
