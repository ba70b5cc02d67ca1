using Loxi.Linux;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Netlink;
using Loxi.Samples.LinkWatch;

if (args.Length > 1 || args is ["-h" or "--help"])
{
    Console.Error.WriteLine("usage: linkwatch [network namespace of 'ip netns']");
    return args.Length > 1 ? 2 : 0;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    using var place = args.Length == 1 ? NetworkNamespace.Open(args[0]) : null;

    // Listen first, then read: so no change falls between the two.
    using var monitor = new RtnetlinkMonitor(RtnetlinkGroups.All, place);
    using var client = new RtnetlinkClient(place);
    Snapshot.Print(client, Console.Out);
    await foreach (var change in monitor.ReadAllAsync(stop.Token))
    {
        Console.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss.fff} {change}");
        if (change.Kind == NetworkChangeKind.Resync)
        {
            Snapshot.Print(client, Console.Out);
        }
    }
}
catch (OperationCanceledException)
{
    return 0;
}
catch (Exception e) when (e is LinuxException or ArgumentException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

return 0;
