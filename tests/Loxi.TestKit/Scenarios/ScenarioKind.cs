namespace Loxi.TestKit.Scenarios;

/// <summary>Scenarios of loxilb's guide to high availability, by its numbers.</summary>
public enum ScenarioKind
{
    /// <summary>All in one subnet; who serves owns the VIP in it.</summary>
    FlatL2 = 1,

    /// <summary>Clients behind a router; both nodes announce the VIP by BGP, the backup as the worse way.</summary>
    ActiveBackupBgp = 2,

    /// <summary>Clients behind a router; both nodes announce the VIP alike and the router shares flows out (ECMP).</summary>
    ActiveActiveBgp = 3,

    /// <summary>As <see cref="ActiveBackupBgp"/>, and connections are kept alike: who takes over goes on with them.</summary>
    ActiveBackupSync = 4,

    /// <summary>All in one subnet, nodes that watch each other by BFD and decide, and connections are kept alike.</summary>
    FastFailoverSync = 5,
}
