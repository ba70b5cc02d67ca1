using System.Globalization;
using Loxi.Benchmarks.Reports;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Scenarios;

namespace Loxi.Benchmarks.Ha;

/// <content>
/// How long after the death of the node that has a VIP the other one has it, on the segment of scenario 1: its processes are killed, at any phase of their
/// interval, and its links go down meanwhile. Seen by a third host.
/// </content>
internal sealed partial class HaBench
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _absence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(5);
    private static readonly Dictionary<string, double> _bounds = new(StringComparer.Ordinal)
    {
        [new LoxiFailover(TimeSpan.FromMilliseconds(100)).Name] = 350,
        [new LoxiFailover(TimeSpan.FromMilliseconds(50)).Name] = 180,
    };

    // A seed, so that two runs kill at the same phases.
    private readonly Random _random = new(7);

    private static IEnumerable<Func<IFailoverProgram>> Programs =>
    [
        static () => new KeepalivedFailover(TimeSpan.FromMilliseconds(100)),
        static () => new LoxiFailover(TimeSpan.FromMilliseconds(100)),
        static () => new LoxiFailover(TimeSpan.FromMilliseconds(50)),
    ];

    private async Task MeasureFailoversAsync(HashSet<string> names)
    {
        foreach (var make in Programs)
        {
            var program = make();
            names.Add(program.Name);
            await MeasureFailoverAsync(program);
        }
    }

    private void JudgeFailovers(HashSet<string> names)
    {
        foreach (var name in names)
        {
            AddTail(AnsweredRow(name));
            var tail = AddTail(AnnouncedRow(name));
            if (_bounds.TryGetValue(name, out var bound))
            {
                report.AddBound(tail, bound);
            }
        }
    }

    private string AddTail(string row)
    {
        var tail = string.Create(CultureInfo.InvariantCulture, $"{row}, p99 of {report.Samples(row).Count} kills");
        report.Add(tail, "ms", Statistics.NinetyNineOfHundred(report.Samples(row)));
        return tail;
    }

    private static string AnnouncedRow(string name) => $"{name}: from the death to the first gratuitous ARP";

    private static string AnsweredRow(string name) => $"{name}: from the death to the first ARP answer";

    private static string SharedRow(string name) => $"{name}: two answer";

    private async Task MeasureFailoverAsync(IFailoverProgram program)
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.FlatL2, PeerLink = true });
        using var announcements = AnnouncementCapture.Start(lab.Probe, "eth0");
        using var prober = ArpProber.Start(lab.Probe, "eth0", lab.Vip, lab.ProbeAddresses);
        await program.StartAsync(lab, 0);
        await program.StartAsync(lab, 1);
        for (var kill = 0; kill < options.Kills; kill++)
        {
            var owner = await SettledAsync(lab, prober, program.Name);
            var survivor = lab.Nodes[1 - owner];
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(100)), TimeProvider.System);

            var death = LabClock.Now;
            var killing = program.KillAsync(lab, owner);
            lab.SetServiceLink(owner, false);
            lab.SetPeerLink(false);
            await killing;
            var announced = await announcements.WaitForAsync(one => one.Mac == survivor.Mac && one.Moment >= death && one.Address.Equals(lab.Vip), $"{program.Name}: announcement of {survivor.Name}", _patience);
            TimeSpan? answered = null;
            await UntilAsync(() => (answered = prober.Read().FirstAnswer(survivor.Mac, death)) is not null, $"{program.Name}: answer of {survivor.Name}");
            report.Add(AnnouncedRow(program.Name), "ms", (announced.Moment - death).TotalMilliseconds);
            report.Add(AnsweredRow(program.Name), "ms", (answered!.Value - death).TotalMilliseconds);

            // A machine is not back at once: what it left in the kernel has ended by then, as it would have with the machine.
            await Task.Delay(_absence, TimeProvider.System);
            lab.SetServiceLink(owner, true);
            lab.SetPeerLink(true);
            await program.StartAsync(lab, owner);
            await SettledAsync(lab, prober, program.Name);
            var owners = prober.Read().Within(death, LabClock.Now);
            report.Add(SharedRow(program.Name), "ms", owners.Shared.TotalMilliseconds);
            if (owners.Shared > TimeSpan.Zero)
            {
                progress.WriteLine($"ha: {program.Name}: {lab.Nodes[owner].Name} ({lab.Nodes[owner].Mac}) died at {death.TotalSeconds:f3} and two answered:\n{owners}");
            }
        }
    }

    /// <summary>Waits until one node alone has answered for a while; returns its index.</summary>
    private static async Task<int> SettledAsync(ScenarioLab lab, ArpProber prober, string name)
    {
        var begin = LabClock.Now;
        string? mac = null;
        await UntilAsync(
            () =>
            {
                var now = LabClock.Now;
                var recent = prober.Read().Within(now - _quiet, now);
                mac = recent is { Silent.Ticks: 0, Shared.Ticks: 0, Changes: [var only] } ? only.To : null;
                return mac is not null && now - begin > _quiet;
            },
            $"{name}: one owner of the VIP");
        return lab.Nodes.Single(node => node.Mac == mac).Index;
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        var begin = LabClock.Now;
        while (!condition())
        {
            if (LabClock.Now - begin > _patience)
            {
                throw new InvalidOperationException($"ha: '{what}' not seen within {_patience.TotalSeconds} s");
            }

            await Task.Delay(_step, TimeProvider.System);
        }
    }
}
