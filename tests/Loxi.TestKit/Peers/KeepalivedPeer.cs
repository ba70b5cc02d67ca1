using System.Globalization;
using System.Net;
using Loxi.TestKit.Interop;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Peers;

/// <summary>keepalived with one VRRP instance that owns one address (VRRPv3, RFC 9568). It does not preempt: who returns stays backup.</summary>
public sealed class KeepalivedPeer(LabHost host, string device, IPAddress vip, TimeSpan interval) : RoutingPeer(host, "keepalived")
{
    private string ChildPidFile => InFolder("vrrp.pid");

    public override Task StartAsync()
    {
        File.Delete(ChildPidFile);
        Write("keepalived.conf", string.Create(CultureInfo.InvariantCulture, $$"""
            global_defs {
                router_id {{Host.Name}}
                vrrp_version 3
            }
            vrrp_instance vip {
                state BACKUP
                nopreempt
                interface {{device}}
                virtual_router_id 51
                priority 200
                advert_int {{interval.TotalSeconds:0.00}}
                virtual_ipaddress {
                    {{vip}}/{{(vip.GetAddressBytes().Length == 4 ? 32 : 128)}} dev {{device}}
                }
            }

            """));
        return RunAsync(
            "/usr/sbin/keepalived", "Entering BACKUP STATE",
            "-n", "-P", "-l", "-D", "-G", "-R", "-f", InFolder("keepalived.conf"), "-p", InFolder("keepalived.pid"), "-r", ChildPidFile);
    }

    /// <summary>Kills both of its processes and takes the address away that they leave.</summary>
    public override async Task KillAsync()
    {
        var child = File.Exists(ChildPidFile) ? int.Parse(await File.ReadAllTextAsync(ChildPidFile), CultureInfo.InvariantCulture) : 0;
        var isOurs = child != 0 && File.Exists($"/proc/{child}/comm") && (await File.ReadAllTextAsync($"/proc/{child}/comm")).StartsWith("keepalived", StringComparison.Ordinal);
        if (isOurs)
        {
            _ = Libc.Kill(child, Libc.SigKill);
            // Told not to respawn (-R) the parent ends by itself, and no dead child is left to the machine's init.
            _ = await Task.WhenAny(Running[0].Completion, Task.Delay(TimeSpan.FromSeconds(2)));
        }

        await base.KillAsync();
        _ = Host.TryExec("ip", "address", "del", $"{vip}/{(vip.GetAddressBytes().Length == 4 ? 32 : 128)}", "dev", device);
    }
}
