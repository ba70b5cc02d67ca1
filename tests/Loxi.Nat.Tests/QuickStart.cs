using System.Net;
using Loxi.Core.Services;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Nat;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Interfaces;

internal static class QuickStart
{
    internal static async Task RunAsync()
    {
        BpfFs.EnsureMounted(BpfFs.DefaultPath);
        await using var balancer = NatBalancer.Open(new NatOptions { PinPath = "/sys/fs/bpf/example" });
        balancer.Start(new InterfacePolicy { Whitelist = new("^(eth0|eth1)$") }, attached => Console.WriteLine($"{attached.Name}: {attached.Hook}"));

        var web = new Service
        {
            Key = new ServiceKey(IPAddress.Parse("192.0.2.1"), ServiceProtocol.Tcp, 80),
            Endpoints = [new(IPAddress.Parse("198.51.100.11"), 8080, 1), new(IPAddress.Parse("198.51.100.12"), 8080, 1)],
            Monitor = true,
        };
        await balancer.ApplyAsync(ServiceModel.Create([web]));

        Console.ReadLine();
        foreach (var connection in balancer.Connections.Read())
        {
            Console.WriteLine($"{connection.Client}:{connection.ClientPort} -> {connection.Endpoint} {connection.State}");
        }

        balancer.Purge();
    }
}
