namespace Loxi.Benchmarks.EndToEnd;

/// <summary>A way from the client to the endpoints. Started and stopped in every round.</summary>
internal interface IPeer
{
    string Name { get; }

    /// <summary>Starts to forward; returns when it does.</summary>
    Task StartAsync(LoadLab lab);

    /// <summary>Where the client connects to for a service.</summary>
    (string Address, int Port) Target(LoadService service);

    /// <summary>Stops to forward and removes everything it put on the node.</summary>
    Task StopAsync(LoadLab lab);
}
