using Loxi.TestKit.Scenarios;

namespace Loxi.Benchmarks.Ha;

/// <summary>A program that keeps the VIP of scenario 1 on one of two nodes.</summary>
internal interface IFailoverProgram
{
    string Name { get; }

    /// <summary>Starts it on a node; ends when it listens to the other one.</summary>
    Task StartAsync(ScenarioLab lab, int node);

    /// <summary>Kills it on a node whose links are down, as a machine dies; what a rebooted one would not have is removed.</summary>
    Task KillAsync(ScenarioLab lab, int node);
}
