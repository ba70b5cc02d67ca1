namespace Loxi.Benchmarks.Interop;

/// <summary>An implementation of a protocol as a process of its own.</summary>
internal interface IDaemon
{
    /// <summary>First part of the names of its rows.</summary>
    string Name { get; }

    /// <summary>The processes whose CPU time counts.</summary>
    IReadOnlyList<int> Pids { get; }

    Task StartAsync();

    Task StopAsync();
}
