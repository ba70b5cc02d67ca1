using Loxi.Core.Services;

namespace Loxi.Nat.Tables;

/// <summary>What the tables hold of one service.</summary>
internal sealed class ServiceSlot(ServiceKey key, uint id)
{
    public ServiceKey Key { get; } = key;

    public uint Id { get; } = id;

    /// <summary>Null for a service that was adopted and not desired yet.</summary>
    public Service? Desired { get; set; }

    public RawService Written { get; set; }

    public Dictionary<(UInt128 Address, ushort Port), EndpointSlot> Endpoints { get; } = [];

    /// <summary>The endpoints that get new connections as they stand in `members`.</summary>
    public RawMember[] Members { get; set; } = [];

    public uint MembersBase { get; set; }

    public MaglevLease? Maglev { get; set; }

    /// <summary>The group and the addresses that it has claimed; null for none yet.</summary>
    public ServiceClaim? Claim { get; set; }

    /// <summary>The prefixes of its range as they stand in `ranges`; none for a single port.</summary>
    public IReadOnlyList<PortPrefix> Prefixes { get; set; } = [];

    /// <summary>Whether it does with less than it should until there is room.</summary>
    public bool Waits { get; set; }

    /// <summary>Whether some of its endpoints have not got the sources that they should, for want of room.</summary>
    public bool LacksSources { get; set; }

    /// <summary>The Maglev table that an earlier process made for the service.</summary>
    public uint? AdoptedMaglev { get; set; }

    public bool IsRange => Key.PortMax > Key.Port;
}
