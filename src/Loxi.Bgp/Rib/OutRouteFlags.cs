namespace Loxi.Bgp.Rib;

/// <summary>Marks of an out route.</summary>
[Flags]
internal enum OutRouteFlags : byte
{
    None = 0,

    /// <summary>Is in the log of announcements.</summary>
    Announcing = 1,

    /// <summary>Is in the log of withdrawals.</summary>
    Withdrawing = 2,

    /// <summary>The peer that it is learned from may have been told another one before: it gets a withdrawal.</summary>
    WithdrawAtSource = 4,
}
