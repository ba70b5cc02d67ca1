using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>Faults of the matrix that tests with and without a controller share, and how they are run.</summary>
internal static class Faults
{
    /// <summary>As docs/ha.md starts nodes: faults are under test, not how busy the machine is.</summary>
    private static readonly string[] RealTime = ["--ha-priority=10", "--bfd-priority=10"];

    public static ScenarioRunOptions NodeDies { get; } = new() { Before = TimeSpan.FromSeconds(1), After = TimeSpan.FromSeconds(6), AfterReturn = TimeSpan.FromSeconds(6), Connections = 40 };

    public static ScenarioRunOptions ControlDies { get; } = NodeDies with
    {
        FaultName = "control dies",
        Fault = static (lab, victim) => lab.KillControlAsync(victim),
        End = static (lab, victim) => lab.StartNodeAsync(victim),
    };

    public static ScenarioRunOptions Paused { get; } = Make("control pauses", static (lab, victim) => lab.Nodes[victim].Pause(), static (lab, victim) => lab.Nodes[victim].Continue());

    public static ScenarioRunOptions ServiceLinkDown { get; } = Make("service link down", static (lab, victim) => lab.SetServiceLink(victim, false), static (lab, victim) => lab.SetServiceLink(victim, true));

    public static ScenarioRunOptions CutFromRouter { get; } = Make("cut from the router", static (lab, victim) => lab.CutFromClients(victim), static (lab, _) => lab.Heal());

    /// <summary>One direction between the nodes is cut at the switch.</summary>
    /// <param name="victimIsDeaf">Who serves hears nothing; else it is not heard.</param>
    public static ScenarioRunOptions OneWayCut(bool victimIsDeaf) => Make(
        "one way cut",
        (lab, victim) =>
        {
            var (from, to) = victimIsDeaf ? (1 - victim, victim) : (victim, 1 - victim);
            lab.Cut(lab.Nodes[from].Name, lab.Nodes[to].Name);
        },
        static (lab, _) => lab.Heal());

    public static ScenarioRunOptions Make(string name, Action<ScenarioLab, int> begin, Action<ScenarioLab, int> end) => NodeDies with { FaultName = name, Fault = Do(begin), End = Do(end) };

    /// <summary>Builds a lab, and runs a fault in it.</summary>
    /// <param name="options">The lab.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="look">Called with the lab before the run; what it returns is disposed of after it.</param>
    public static async Task<ScenarioResult> RunAsync(ScenarioOptions options, ScenarioRunOptions fault, Func<ScenarioLab, IDisposable>? look = null)
    {
        await using var lab = await ScenarioLab.CreateAsync(options with { NodeFlags = index => [.. options.NodeFlags(index), .. RealTime] });
        await lab.StartAsync();
        await lab.WaitForPathsAsync();
        using var looking = look?.Invoke(lab);
        var result = await ScenarioRun.RunAsync(lab, fault);
        TestContext.Current.TestOutputHelper?.WriteLine($"{result}\n{Told(lab)}");
        return result;
    }

    /// <summary>What nodes and router said, for who looks for a cause.</summary>
    private static string Told(ScenarioLab lab) => string.Join('\n', lab.Nodes.Select(static node => node.Daemon).Concat(lab.Router?.Running ?? []).Select(static process => $"{process}:\n{process.Tail(25)}"));

    private static Func<ScenarioLab, int, Task> Do(Action<ScenarioLab, int> action) => (lab, victim) =>
    {
        action(lab, victim);
        return Task.CompletedTask;
    };
}
