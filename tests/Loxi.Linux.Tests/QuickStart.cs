using Loxi.Linux;
using Loxi.Linux.Netlink;

internal static class QuickStart
{
    internal static void Run()
    {
        using var monitor = new RtnetlinkMonitor(RtnetlinkGroups.Links | RtnetlinkGroups.Neighbours);
        using var client = new RtnetlinkClient();

        foreach (var link in client.GetLinks())
        {
            Console.WriteLine($"{link.Index}: {link.Name} {link.HardwareAddress} mtu {link.Mtu} {link.OperState}");
        }

        var way = client.LookupRoute(InternetAddress.Parse("127.0.0.1"));
        Console.WriteLine($"127.0.0.1 is {way.Type} on link {way.OutputInterface}");

        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        monitor.Run((in NetworkChange change) => Console.WriteLine(change), stop.Token); // ends with OperationCanceledException
    }
}
