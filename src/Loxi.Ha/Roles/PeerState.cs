using System.Collections.Immutable;

namespace Loxi.Ha.Roles;

/// <summary>What is known of a peer by its newest HELLO.</summary>
internal struct PeerState
{
    public ushort Id;
    public bool Known;
    public HelloRole Role;
    public ulong Term;
    public Readiness Readiness;
    public byte Health;
    public byte Priority;
    public bool Pinned;
    public bool Claims;
    public bool HandsOver;
    public bool HandsOverToUs;
    public bool HearsUs;
    public bool ConfigDiffers;
    public byte DeafHellos;
    public bool Probed;
    public ulong Incarnation;
    public ulong Sequence;

    /// <summary>When the newest HELLO arrived.</summary>
    public TimeSpan At;

    /// <summary>The masters that it hears, without us.</summary>
    public ImmutableArray<HeardMaster> Masters;
}
