using System.Globalization;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Controller;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;

namespace Loxi.TestKit.Scenarios;

/// <summary>Traffic through a started <see cref="ScenarioLab"/> while something goes wrong, measured from all sides.</summary>
public sealed class ScenarioRun : IAsyncDisposable
{
    private static readonly TimeSpan _turns = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _steady = TimeSpan.FromSeconds(1);

    // Younger ones may be lost where connections are kept alike: their last change may be on its way.
    private static readonly TimeSpan _settled = TimeSpan.FromMilliseconds(200);
    private readonly ScenarioLab _lab;
    private readonly ScenarioRunOptions _options;
    private readonly Action<string> _say;
    private readonly List<IAsyncDisposable> _tools = [];
    private readonly List<IDisposable> _captures = [];

    private ScenarioRun(ScenarioLab lab, ScenarioRunOptions options, Action<string> say) => (_lab, _options, _say) = (lab, options, say);

    /// <summary>Runs it to its end.</summary>
    /// <param name="lab">A lab whose <see cref="ScenarioLab.StartAsync"/> has ended.</param>
    /// <param name="options">What goes wrong, and how long it is looked at.</param>
    /// <param name="say">Gets a line for each step.</param>
    /// <exception cref="LabException">The service did not work before the fault.</exception>
    public static async Task<ScenarioResult> RunAsync(ScenarioLab lab, ScenarioRunOptions? options = null, Action<string>? say = null)
    {
        await using var run = new ScenarioRun(lab, options ?? new(), say ?? (static _ => { }));
        return await run.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var tool in Enumerable.Reverse(_tools))
        {
            await tool.DisposeAsync();
        }

        foreach (var capture in _captures)
        {
            capture.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    private async Task<ScenarioResult> RunAsync()
    {
        var roles = Use(RoleWatch.Start(_lab.Nodes));
        var announcements = Capture(AnnouncementCapture.Start(_lab.Probe, "eth0"));
        var owners = _lab.HasBgp ? null : Capture(ArpProber.Start(_lab.Probe, "eth0", _lab.Vip, _lab.ProbeAddresses));
        var connects = Use(NewConnectionProber.Start(_lab.Client, _lab.Web));
        await WaitForServiceAsync(connects);
        var carriers = Use(CarrierProber.Start(_lab.Client, new() { Target = _lab.Datagrams, Carriers = _lab.Carriers }));
        var flows = _lab.Options.IsSynced ? Use(CarrierProber.Start(_lab.Client, new() { Target = _lab.Flows })) : null;
        var kept = Use(await KeptConnections.OpenAsync(_lab.Client, _lab.Echo, _options.Connections));
        var transfer = Use(await TransferFlow.StartAsync(_lab.Client, _lab.Echo));
        var http = Use(Load.StartHttp(_lab.Client, new() { Target = _lab.Web, Connections = 16, Interval = TimeSpan.FromMilliseconds(50), Timeout = TimeSpan.FromSeconds(1) }));
        await Task.Delay(_options.Before);

        var victim = Serving(carriers);
        var survivor = _lab.Nodes[1 - victim.Index];
        var differences = _lab.Options.IsSynced ? await TableDifference.ReadAsync(victim, survivor) : null;
        await OpenAsync(kept);
        _say($"{victim.Name} serves{(differences is null ? "" : $"; {differences}")}; now: {_options.FaultName}");
        var before = http.Report;
        var (fault, wall) = (LabClock.Now, DateTimeOffset.UtcNow);
        await (_options.Fault?.Invoke(_lab, victim.Index) ?? _lab.KillNodeAsync(victim.Index));
        var count = await kept.CountAsync(fault, _options.After, settled: _lab.Options.IsSynced ? _settled : null);
        var detected = _lab.Options.IsSynced ? await survivor.ReadSinceAsync() - wall : (TimeSpan?)null;
        var healed = LabClock.Now;
        _say($"the fault ends: {count}");
        await (_options.End?.Invoke(_lab, victim.Index) ?? _lab.ReturnNodeAsync(victim.Index));
        await Task.Delay(_options.AfterReturn);

        var (asked, answered, carried) = (owners?.Read(), connects.Read(), carriers.Read());
        var report = http.Report;
        var atEnd = _lab.Options.IsSynced ? await TableDifference.ReadAsync(survivor, victim) : null;
        return new()
        {
            Kind = _lab.Options.Kind,
            Fault = _options.FaultName,
            Victim = victim.Name,
            Survivor = survivor.Name,
            FaultMoment = fault,
            EndMoment = healed,
            Dead = Since(fault, _lab.Controller?.Events.FirstOrDefault(one => one.Kind == ControllerEventKind.Dead && one.Node == victim.Name && one.Moment >= fault)?.Moment),
            Posted = Since(fault, _lab.Controller?.Events.FirstOrDefault(one => one.Moment >= fault && one.Node == survivor.Name && one.Body.Contains("\"MASTER\"", StringComparison.Ordinal))?.Moment),
            Detected = detected > TimeSpan.Zero ? detected : null,
            Promoted = Since(fault, roles.First(survivor.Name, "MASTER", fault)),
            // With ECMP the survivor's datagrams came all the time.
            Announced = Since(fault, _lab.Options.Kind == ScenarioKind.ActiveActiveBgp ? null
                : _lab.HasBgp ? carried.Changes.FirstOrDefault(change => change.At >= fault && change.To == survivor.Name)?.At
                : announcements.Of(survivor.Mac, fault).FirstOrDefault(announcement => announcement.Address.Equals(_lab.Vip))?.Moment),
            NewConnections = answered.Within(fault, healed),
            NewConnectionsAtReturn = answered.Within(healed, LabClock.Now),
            Datagrams = carried.Within(fault, healed),
            DatagramsAtReturn = carried.Within(healed, LabClock.Now),
            Flows = flows?.Read().Within(fault, healed),
            FlowsAtReturn = flows?.Read().Within(healed, LabClock.Now),
            Owners = asked?.Within(fault, healed),
            Shared = asked?.Within(fault, LabClock.Now).Shared ?? carried.Within(fault - _turns, LabClock.Now).Interleaved(_turns),
            Transfer = transfer.LongestGap.Length,
            TransferEnd = transfer.End,
            Kept = count,
            Tables = differences,
            TablesAtEnd = atEnd,
            HttpReset = report.FailedByKind.GetValueOrDefault(ErrorKind.Reset) - before.FailedByKind.GetValueOrDefault(ErrorKind.Reset),
            HttpAnswered = report.Answered - before.Answered,
            HttpFailed = report.Failed - before.Failed,
            Announcements = [.. announcements.All.Where(announcement => announcement.Address.Equals(_lab.Vip) && announcement.Moment >= fault)],
            Roles = roles.Changes,
        };
    }

    /// <summary>So that some connections are young when the fault comes.</summary>
    private async Task OpenAsync(KeptConnections kept)
    {
        if (_options.Opening > TimeSpan.Zero)
        {
            using var stop = new CancellationTokenSource(_options.Opening);
            await kept.KeepOpeningAsync(TimeSpan.FromMilliseconds(10), stop.Token);
        }
    }

    private T Use<T>(T tool)
        where T : IAsyncDisposable
    {
        _tools.Add(tool);
        return tool;
    }

    private T Capture<T>(T capture)
        where T : IDisposable
    {
        _captures.Add(capture);
        return capture;
    }

    private async Task WaitForServiceAsync(NewConnectionProber connects)
    {
        var begin = LabClock.Now;
        while (!connects.IsSteady(begin, _steady))
        {
            if (LabClock.Now - begin > _options.Patience)
            {
                var failures = string.Join(", ", connects.Failures.Select(static failure => $"{failure.Key} {failure.Value}"));
                throw new LabException(string.Create(CultureInfo.InvariantCulture, $"{_lab.Web}: no steady service within {_options.Patience.TotalSeconds} s; attempts that failed: {failures}\n{Describe()}"));
            }

            await Task.Delay(20);
        }
    }

    private string Describe() => string.Join('\n', [
        .. _lab.Nodes.Select(static node => $"{node.Name}:\n{node.Daemon.Tail(15)}"),
        _lab.RouterState,
        .. _lab.Controller is { } controller ? [string.Join('\n', controller.Events.TakeLast(10))] : (string[])[],
    ]);

    /// <summary>The node that carried the last datagram; where both do, the second one.</summary>
    private ScenarioNode Serving(CarrierProber carriers)
    {
        var last = carriers.Read().Changes is [.., var change] ? change.To : throw new LabException($"{_lab.Datagrams}: no datagram came back\n{Describe()}");
        return _lab.Options.Kind == ScenarioKind.ActiveActiveBgp
            ? _lab.Nodes[1]
            : _lab.Nodes.FirstOrDefault(node => node.Name == last) ?? throw new LabException($"datagrams come by '{last}', expected {string.Join(" or ", _lab.Nodes.Select(static node => node.Name))}");
    }

    private static TimeSpan? Since(TimeSpan fault, TimeSpan? moment) => moment - fault;
}
