using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Peers;

/// <summary>A routing daemon of another project on a host of the lab. What it writes lies in <see cref="Folder"/> and goes with the lab, as do its processes.</summary>
public abstract class RoutingPeer
{
    private readonly List<LabProcess> _running = [];

    protected RoutingPeer(LabHost host, string name)
    {
        Host = host;
        Folder = Path.Combine(host.Lab.StateDirectory, $"{host.Name}.{name}");
        Directory.CreateDirectory(Folder);
    }

    public LabHost Host { get; }

    /// <summary>Whether the daemon runs before ordinary processes (SCHED_RR): as one does that has a machine of its own. Default: no.</summary>
    public bool IsRealTime { get; init; }

    /// <summary>The processes that run, in the order of their start.</summary>
    public IReadOnlyList<LabProcess> Running => _running;

    /// <summary>Configuration and sockets of the daemon.</summary>
    public string Folder { get; }

    /// <summary>Starts the daemon with its configuration; ends when it can be asked.</summary>
    public abstract Task StartAsync();

    /// <summary>Asks the daemon to end.</summary>
    public async Task StopAsync()
    {
        // In reverse: what was started later needs what was started earlier.
        foreach (var process in Enumerable.Reverse(_running))
        {
            await process.StopAsync();
        }

        _running.Clear();
    }

    /// <summary>Kills the daemon: it can say nothing to anybody.</summary>
    public virtual async Task KillAsync()
    {
        await Task.WhenAll(Enumerable.Reverse(_running).Select(static process => process.KillAsync()));
        _running.Clear();
    }

    protected string InFolder(string file) => Path.Combine(Folder, file);

    protected void Write(string file, string text) => File.WriteAllText(InFolder(file), text);

    /// <summary>Starts a program and waits for the line by which it says that it works.</summary>
    protected async Task RunAsync(string file, string readyLine, params string[] arguments)
    {
        if (!File.Exists(file))
        {
            throw new LabException($"{file} is missing: ./test.sh interop installs frr, bird2 and gobgpd, ./bench.sh ha keepalived");
        }

        var name = Path.GetFileName(file);
        var process = IsRealTime ? Host.Start(name, "chrt", ["--rr", "1", file, .. arguments]) : Host.Start(name, file, arguments);
        _running.Add(process);
        await process.WaitForLineAsync(readyLine);
    }
}
