using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <summary>One VIP group.</summary>
internal sealed class GroupState(string name, AddressState[] addresses)
{
    internal string Name { get; } = name;

    internal AddressState[] Addresses { get; } = addresses;

    internal bool IsMaster { get; set; }

    internal TimeSpan MasterSince { get; set; }

    /// <summary>When the announcements began, and how many there were.</summary>
    internal TimeSpan Started { get; set; }

    internal long Number { get; set; }

    /// <summary>The links that have heard from this node in this role, with their addresses and the changes of their carriers: after any of these the neighbours may have forgotten.</summary>
    internal HashSet<(int Index, LinkLayerAddress Mac, uint CarrierChanges)> Heard { get; set; } = [];

    internal TimeSpan Due => Started + AnnounceSchedule.OffsetOf(Number);

    internal void Begin(TimeSpan now)
    {
        Started = now;
        Number = 0;
    }
}
