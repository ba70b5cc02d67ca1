using Loxi.Bgp.Policy;
using Loxi.Bgp.Session;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>A peer as the RIB knows it.</summary>
internal sealed class RibPeer
{
    internal RibPeer(ushort number, BgpPeerSettings settings)
    {
        Number = number;
        Settings = settings;
    }

    /// <summary>In paths; 1 and more.</summary>
    internal ushort Number { get; }

    internal BgpPeerSettings Settings { get; set; }

    /// <summary>Null while the session is down.</summary>
    internal NegotiatedSession? Session { get; set; }

    internal SessionAddresses? Addresses { get; set; }

    internal UpdateContext? Context { get; set; }

    internal UpdateFormat Format { get; set; }

    /// <summary>Of the last session, also while it is down.</summary>
    internal bool IsExternal { get; set; }

    internal uint LocalAs { get; set; }

    internal uint Identifier { get; set; }

    internal PolicyChain Import { get; set; } = PolicyChain.Empty;

    internal RibPeerFamily[] Families { get; } = [new(), new()];

    /// <summary>Whether the caller was told that there is output, and has not yet run dry.</summary>
    internal bool IsSignalled { get; set; }

    internal bool IsRemoved { get; set; }

    /// <summary>Routes that were not told because their attributes exceed what the peer takes (RFC 4271 9.2).</summary>
    internal long TooLong { get; set; }

    /// <summary>Routes that were not told because there is no next hop for them.</summary>
    internal long WithoutNextHop { get; set; }

    internal Prefix AddressPrefix { get; set; }

    internal RibPeerFamily this[BgpFamily family] => Families[(int)family];

    public override string ToString() => Settings.Address.ToString();
}
