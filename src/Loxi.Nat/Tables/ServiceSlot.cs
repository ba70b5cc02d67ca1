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

    /// <summary>Indices of the active endpoints as they stand in `members`.</summary>
    public uint[] Members { get; set; } = [];

    public uint MembersBase { get; set; }

    public MaglevLease? Maglev { get; set; }

    /// <summary>Whether it does with less than it should until there is room.</summary>
    public bool Waits { get; set; }

    /// <summary>The Maglev table that an earlier process made for the service.</summary>
    public uint? AdoptedMaglev { get; set; }
}

/// <summary>An endpoint of a service in the tables.</summary>
internal sealed class EndpointSlot(uint index, ServiceEndpoint endpoint)
{
    public uint Index { get; } = index;

    public ServiceEndpoint Endpoint { get; set; } = endpoint;

    public bool Active { get; set; } = true;

    public bool Desired { get; set; }

    public RawEndpoint Written { get; set; }
}
