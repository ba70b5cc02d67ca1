namespace Loxi.Bgp.Rib;

/// <summary>Marks of a prefix.</summary>
[Flags]
internal enum PrefixFlags : byte
{
    None = 0,

    /// <summary>In use; clear on free entries.</summary>
    Used = 1,

    /// <summary>Waits for the route installer.</summary>
    Queued = 2,

    /// <summary>The installer has been told of next hops.</summary>
    Installed = 4,
}
