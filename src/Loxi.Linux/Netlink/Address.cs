namespace Loxi.Linux.Netlink;

/// <summary>An IPv4 or IPv6 address of a link (RTM_NEWADDR).</summary>
public readonly record struct Address
{
    /// <summary>The address itself with the length of its prefix on a link.</summary>
    /// <param name="interfaceIndex">Index of the link.</param>
    /// <param name="local">The address.</param>
    /// <param name="prefixLength">0 to 32 or 128.</param>
    public Address(int interfaceIndex, InternetAddress local, int prefixLength)
    {
        InterfaceIndex = interfaceIndex;
        Local = local;
        PrefixLength = prefixLength;
    }

    /// <summary>Index of the link.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>The address itself (IFA_LOCAL).</summary>
    public InternetAddress Local { get; init; }

    /// <summary>Length of the prefix, 0 to 32 or 128.</summary>
    public int PrefixLength { get; init; }

    /// <summary>The other end of a point-to-point link; "none" for ordinary addresses.</summary>
    public InternetAddress Peer { get; init; }

    /// <summary>IPv4 broadcast address; "none" where there is none.</summary>
    public InternetAddress Broadcast { get; init; }

    /// <summary>Scope; the default is <see cref="AddressScope.Universe"/>. The kernel decides it for IPv6.</summary>
    public AddressScope Scope { get; init; }

    /// <summary>Flags. Of a request only <see cref="AddressFlags.NoDad"/>, <see cref="AddressFlags.Optimistic"/>,
    /// <see cref="AddressFlags.NoPrefixRoute"/> and <see cref="AddressFlags.ManageTemporary"/> matter.</summary>
    public AddressFlags Flags { get; init; }

    /// <summary>IPv4 label, at most 15 bytes; null for the name of the link.</summary>
    public string? Label { get; init; }

    /// <summary>Who added it (IFA_PROTO, since Linux 5.18; older kernels forget it): 0 for nobody in particular, 1 to 3 the kernel itself.</summary>
    public byte Protocol { get; init; }

    /// <summary>Metric of the prefix route that the kernel makes (IFA_RT_PRIORITY, since Linux 4.18), kept where it makes none; 0 for the usual one.</summary>
    public uint RoutePriority { get; init; }

    /// <summary>Seconds for which the address is valid; null for ever.</summary>
    public uint? ValidLifetime { get; init; }

    /// <summary>Seconds for which the address is preferred as source of new connections; 0 makes it deprecated at once; null for ever.</summary>
    public uint? PreferredLifetime { get; init; }

    /// <summary>The text form.</summary>
    /// <returns>For example <c>192.0.2.1/32 on 4</c>.</returns>
    public override string ToString() => $"{Local}/{PrefixLength} on {InterfaceIndex}";
}
