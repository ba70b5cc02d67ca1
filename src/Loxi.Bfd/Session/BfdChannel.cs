namespace Loxi.Bfd.Session;

/// <summary>The UDP destination port that a datagram came to.</summary>
public enum BfdChannel : byte
{
    /// <summary>Port 3784: control packets over one hop (RFC 5881 4).</summary>
    SingleHop = 0,

    /// <summary>Port 4784: control packets over several hops (RFC 5883 5).</summary>
    Multihop = 1,

    /// <summary>Port 3785: echo packets (RFC 5881 4, RFC 9747).</summary>
    Echo = 2,
}
