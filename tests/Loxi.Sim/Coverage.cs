using System.Globalization;
using System.Text;
using Loxi.Ha.Roles;

namespace Loxi.Sim;

/// <summary>How often each rule did something, over all runs.</summary>
internal sealed class Coverage
{
    private readonly long[] _causes = new long[Enum.GetValues<RoleCause>().Length];
    private readonly long[] _alarms = new long[Enum.GetValues<RoleAlarm>().Length];
    private readonly long[] _kinds = new long[Enum.GetValues<RoleActionKind>().Length];

    public long[] Faults { get; } = new long[Enum.GetValues<FaultKind>().Length];

    /// <summary>The rules, by what shows that they acted.</summary>
    public IEnumerable<(string Rule, long Count)> Rules =>
    [
        ("R1 started alone", Of(RoleCause.Alone)),
        ("R1 started, heard a master", Of(RoleCause.MasterHeard)),
        ("R1 started, heard others", Of(RoleCause.PeersHeard)),
        ("R1 resumed behind open gates", Of(RoleCause.Resumed)),
        ("R1 a VIP is claimed", Of(RoleAlarm.VipClaimed)),
        ("R2 master silent", Of(RoleCause.MasterSilent)),
        ("R2 terms reserved", Of(RoleActionKind.ReserveTerms)),
        ("R2 waits for the disk", Of(RoleAlarm.TermsMissing)),
        ("R2 alone, no disk", Of(RoleAlarm.TermNotDurable)),
        ("R2a silent master asked", Of(RoleActionKind.ProbePeer)),
        ("R3 better master", Of(RoleCause.BetterMaster)),
        ("R4 deaf yield", Of(RoleCause.DeafYield)),
        ("R5 nobody serves", Of(RoleCause.NoMaster)),
        ("R6 gates had closed", Of(RoleCause.Paused)),
        ("R6 resumed", Of(RoleCause.PauseOver)),
        ("R7 gates set", Of(RoleActionKind.SetGates)),
        ("R8 barrier", Of(RoleActionKind.SendBarrier)),
        ("R8 switched over", Of(RoleCause.Switchover)),
        ("R8 drained", Of(RoleActionKind.DrainTo)),
        ("R8 failed", Of(RoleAlarm.SwitchoverFailed)),
        ("R9 held back", Of(RoleAlarm.Damped)),
        ("R10 lease asked for", Of(RoleActionKind.AcquireWitness)),
        ("R10 lease lost", Of(RoleCause.WitnessLost)),
        ("R11 role posted", Of(RoleCause.Posted)),
        ("R11 pin", Of(RoleActionKind.RememberPin)),
        ("R12 path silent", Of(RoleAlarm.PathSilent)),
        ("R12 BFD and HELLO disagree", Of(RoleAlarm.SignalsDisagree)),
        ("R13 resigned for a fault", Of(RoleCause.Fault)),
        ("R13 taken from one that resigned", Of(RoleCause.MasterResigned)),
        ("R13 no healthier backup", Of(RoleAlarm.FaultWithoutBackup)),
        ("stopped", Of(RoleActionKind.Stopped)),
    ];

    public void Count(in RoleAction action)
    {
        _kinds[(int)action.Kind]++;
        if (action.Kind == RoleActionKind.Transition)
        {
            _causes[(int)action.Transition.Cause]++;
        }
        else if (action.Kind == RoleActionKind.Alarm)
        {
            _alarms[(int)action.Alarm]++;
        }
    }

    public long Of(RoleCause cause) => _causes[(int)cause];

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (rule, count) in Rules)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {rule,-34}{count,12}");
        }

        return text.Append("  faults: ").AppendJoin(", ", Enum.GetValues<FaultKind>().Select(k => $"{k} {Faults[(int)k]}")).ToString();
    }

    private long Of(RoleAlarm alarm) => _alarms[(int)alarm];

    private long Of(RoleActionKind kind) => _kinds[(int)kind];
}
