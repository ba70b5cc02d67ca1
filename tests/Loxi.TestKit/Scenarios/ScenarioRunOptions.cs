namespace Loxi.TestKit.Scenarios;

/// <summary>How long a <see cref="ScenarioRun"/> looks, and what goes wrong in it.</summary>
public sealed record ScenarioRunOptions
{
    /// <summary>What happens to the node that serves, by its index; its death when null.</summary>
    public Func<ScenarioLab, int, Task>? Fault { get; init; }

    /// <summary>How that is called in the table.</summary>
    public string FaultName { get; init; } = "node dies";

    /// <summary>What ends the fault; the node's return when null.</summary>
    public Func<ScenarioLab, int, Task>? End { get; init; }

    /// <summary>Kept connections.</summary>
    public int Connections { get; init; } = 100;

    /// <summary>Time before the fault, after <see cref="Before"/>, in which 100 more are opened in a second.</summary>
    public TimeSpan Opening { get; init; }

    /// <summary>Time of undisturbed traffic before the fault.</summary>
    public TimeSpan Before { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time after the fault at which kept connections are counted.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time after the end of the fault in which roles are still watched.</summary>
    public TimeSpan AfterReturn { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Time within which the service must work at the begin.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(40);
}
