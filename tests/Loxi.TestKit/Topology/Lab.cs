using Loxi.TestKit.Processes;

namespace Loxi.TestKit.Topology;

/// <summary>
/// A set of hosts (network namespaces) with links between them. Disposal removes all of it; so do Ctrl-C, SIGTERM and the
/// end of the process. What a killed process left is removed when the next lab is created.
/// </summary>
public sealed class Lab : IAsyncDisposable
{
    private readonly Dictionary<string, LabHost> _hosts = new(StringComparer.Ordinal);
    private readonly List<LabProcess> _processes = [];
    private readonly Lock _gate = new();
    private readonly Lock _removal = new();
    private bool _removed;

    private Lab(LabId id, bool keep)
    {
        Id = id;
        Keep = keep;
        StateDirectory = Path.Combine(LabPaths.State, id.ToString());
    }

    /// <summary>Whether labs are removed because the process was told to end: what is still at work finds its hosts gone.</summary>
    public static bool IsEnding => LabCleanup.IsEnding;

    public LabId Id { get; }

    /// <summary>Whether disposal leaves everything where it is.</summary>
    public bool Keep { get; }

    /// <summary>Logs of the lab's processes and whatever a test puts there; removed with the lab.</summary>
    public string StateDirectory { get; }

    public IReadOnlyCollection<LabHost> Hosts => _hosts.Values;

    public LabHost this[string host] => _hosts.TryGetValue(host, out var found)
        ? found
        : throw new ArgumentException($"no host '{host}' in the lab; it has: {string.Join(", ", _hosts.Keys)}", nameof(host));

    /// <summary>Removes leftovers of dead owners and makes an empty lab.</summary>
    /// <param name="keep">Leave the lab up at the end and print how to enter it.</param>
    public static Lab Create(bool keep = false)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new LabException("network namespaces need root: run as root (or with CAP_SYS_ADMIN and CAP_NET_ADMIN)");
        }

        _ = LabRegistry.RemoveLeftovers();
        var lab = new Lab(LabId.Next(), keep);
        // First what removes it, then what is to be removed: a signal may come in between.
        LabCleanup.Add(lab);
        lock (lab._gate)
        {
            ObjectDisposedException.ThrowIf(lab._removed, lab);
            lab.CreateStateDirectory();
        }

        return lab;
    }

    /// <summary>Adds a host: a namespace with loopback up, no duplicate address detection and no autoconfiguration.</summary>
    public LabHost AddHost(string name)
    {
        lock (_gate)
        {
            // A signal may have removed the lab while it was being built.
            ObjectDisposedException.ThrowIf(_removed, this);
            var host = new LabHost(this, name, _hosts.Count + 1);
            _hosts.Add(name, host);
            host.CreateNamespace();
            return host;
        }
    }

    /// <summary>Connects two hosts by a veth pair whose ends have the given names.</summary>
    public LabLink Connect(LabHost left, string leftName, LabHost right, string rightName, LinkOptions? options = null)
    {
        return LabLink.Create(left, leftName, right, rightName, options ?? new LinkOptions());
    }

    internal void Register(LabProcess process)
    {
        lock (_gate)
        {
            _processes.Add(process);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Run(RemoveNow).ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Removes the lab, or says how to enter it when it is kept. Does nothing the second time, but returns only when the
    /// first has ended: a signal and the disposal may come together.
    /// </summary>
    internal void RemoveNow()
    {
        lock (_removal)
        {
            LabProcess[] processes;
            LabHost[] hosts;
            lock (_gate)
            {
                if (_removed)
                {
                    return;
                }

                _removed = true;
                processes = [.. _processes];
                hosts = [.. _hosts.Values];
            }

            Remove(processes, hosts);
        }
    }

    private void CreateStateDirectory()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Directory.CreateDirectory(StateDirectory);
                return;
            }
            catch (DirectoryNotFoundException) when (attempt < 20)
            {
                // The last other lab went and took the parent with it between two steps of this call.
            }
        }
    }

    private void Remove(LabProcess[] processes, LabHost[] hosts)
    {
        foreach (var host in hosts)
        {
            host.Release();
        }

        if (Keep)
        {
            File.WriteAllText(Path.Combine(StateDirectory, LabPaths.KeepMarker), "");
            Console.Out.WriteLine(HowToEnter());
        }
        else
        {
            foreach (var process in processes)
            {
                process.KillNow();
            }

            LabRegistry.Remove(Id);
        }

        LabCleanup.Remove(this);
    }

    /// <summary>What to type to look around in the lab, and to remove it.</summary>
    public string HowToEnter()
    {
        var lines = _hosts.Values.Select(host => $"  {host.Name,-10} nsenter --net={host.NamespacePath} bash");
        return $"Lab {Id} is kept. Its hosts:\n{string.Join('\n', lines)}\n  logs       {StateDirectory}\n  remove     loxi-lab clean";
    }
}
