using Loxi.Core.Roles;
using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <summary>One address of a group.</summary>
internal sealed class AddressState(AnnouncedAddress declared)
{
    internal AnnouncedAddress Declared { get; } = declared;

    internal InternetAddress Value { get; } = declared.Address;

    internal bool IsWithheld { get; set; }

    /// <summary>Whether it is in place by somebody else's hand, on whatever interface: never touched.</summary>
    internal bool IsForeign { get; set; }

    /// <summary>The interface on which somebody else put it, also while the node is not master; null for none.</summary>
    internal string? OtherPlace { get; set; }

    /// <summary>Where it is announced and asked for.</summary>
    internal int[] Links { get; set; } = [];

    /// <summary>Why it is not in place or not announced, though it should be.</summary>
    internal string? Fault { get; set; }

    internal bool IsInPlace { get; set; }

    internal long Announcements { get; set; }

    internal ConflictTracker Conflicts { get; set; } = new();

    internal AddressClaim? LastClaim { get; set; }

    /// <summary>Since when another host claims it; null while none does. Counts while the node is master.</summary>
    internal TimeSpan? ConflictSince { get; set; }

    /// <summary>When that host was heard last.</summary>
    internal TimeSpan ClaimedAt { get; set; }

    internal bool IsOnLinks => Declared.Placement != AddressPlacement.Routed || Declared.IsAnnouncedWhereRouted;

    /// <summary>The same for a declaration that may be refused: what is tried with it leaves this one as it is.</summary>
    internal AddressState Copy() => (AddressState)MemberwiseClone();

    internal AnnouncedAddressCondition ConditionAs(bool isMaster) => (isMaster, Declared.Placement) switch
    {
        (false, _) => AnnouncedAddressCondition.Standby,
        _ when IsWithheld => AnnouncedAddressCondition.Withheld,
        (_, AddressPlacement.Owned) => AnnouncedAddressCondition.Owned,
        (_, AddressPlacement.Routed) => AnnouncedAddressCondition.Routed,
        _ when !IsInPlace => AnnouncedAddressCondition.Failed,
        _ => IsForeign ? AnnouncedAddressCondition.Owned : AnnouncedAddressCondition.Placed,
    };
}
