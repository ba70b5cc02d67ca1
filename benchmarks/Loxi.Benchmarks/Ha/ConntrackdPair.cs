using System.Globalization;
using System.Text.RegularExpressions;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Scenarios;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Ha;

/// <summary>conntrackd (FT-FW) on both nodes of a lab in which no loxid runs, over the link between them.</summary>
/// <param name="lab">The lab, with that link.</param>
/// <param name="keepsCache">Whether what comes waits in a cache until a takeover commits it, which is conntrackd's default; else it goes into the kernel's table at once.</param>
internal sealed class ConntrackdPair(ScenarioLab lab, bool keepsCache)
{
    private const string Program = "/usr/sbin/conntrackd";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private readonly LabProcess[] _running = new LabProcess[2];

    /// <summary>The host whose connections go to the other one.</summary>
    internal LabHost Own => lab.Nodes[0].Host;

    internal LabHost Other => lab.Nodes[1].Host;

    /// <summary>Starts both; ends when they can be asked.</summary>
    internal async Task StartAsync()
    {
        if (!File.Exists(Program))
        {
            throw new LabException($"{Program} is missing: ./bench.sh ha installs conntrackd");
        }

        foreach (var node in lab.Nodes)
        {
            node.Host.Sysctl("net.netfilter.nf_conntrack_events", "1");
            await File.WriteAllTextAsync(FileOf(node, "conf"), Configuration(node));
            _running[node.Index] = node.Host.Start("conntrackd", Program, "-C", FileOf(node, "conf"));
            for (var begin = TimeProvider.System.GetTimestamp(); node.Host.TryExec(Program, "-C", FileOf(node, "conf"), "-s").ExitCode != 0; await Task.Delay(20))
            {
                if (TimeProvider.System.GetElapsedTime(begin) > _patience)
                {
                    throw new LabException($"conntrackd on {node.Name} cannot be asked within {_patience.TotalSeconds} s:\n{_running[node.Index].Tail()}");
                }
            }
        }
    }

    /// <summary>CPU time of both processes, in ns.</summary>
    internal double Cpu() => _running.Sum(static one => ProcessCpu.Nanoseconds(one.Pid));

    /// <summary>What has come to the other host: into the cache, or into its kernel's table.</summary>
    internal int Arrived() => keepsCache ? Cached() : int.Parse(Other.Sysctl("net.netfilter.nf_conntrack_count"), CultureInfo.InvariantCulture);

    /// <summary>What a takeover does with the cache; ends when it is done.</summary>
    internal void Commit() => Other.Exec(Program, "-C", FileOf(lab.Nodes[1], "conf"), "-c");

    private int Cached()
    {
        var (_, output, _) = Other.TryExec(Program, "-C", FileOf(lab.Nodes[1], "conf"), "-s");
        return Regex.Match(output, @"cache external:\s*current active connections:\s*(\d+)") is { Success: true } found ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    private string FileOf(ScenarioNode node, string name) => Path.Combine(lab.Lab.StateDirectory, $"{node.Name}.conntrackd.{name}");

    private string Configuration(ScenarioNode node) => $$"""
        Sync {
            Mode FTFW {
                ResendQueueSize 1310720
                ACKWindowSize 300
                DisableExternalCache {{(keepsCache ? "off" : "on")}}
            }
            UDP {
                IPv4_address {{ScenarioLab.PeerLinkAddress(node.Index)}}
                IPv4_Destination_Address {{ScenarioLab.PeerLinkAddress(1 - node.Index)}}
                Port 3780
                Interface eth1
                SndSocketBuffer 24985600
                RcvSocketBuffer 24985600
                Checksum on
            }
        }
        General {
            Nice -20
            HashSize 262144
            HashLimit 2097152
            LogFile {{FileOf(node, "log")}}
            LockFile {{FileOf(node, "lock")}}
            UNIX {
                Path {{FileOf(node, "socket")}}
                Backlog 20
            }
            NetlinkBufferSize 268435456
            NetlinkBufferSizeMaxGrowth 536870912
            NetlinkOverrunResync Off
            NetlinkEventsReliable On
            EventIterationLimit 1000
        }

        """;
}
