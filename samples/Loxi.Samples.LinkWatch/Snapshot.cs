using Loxi.Linux.Netlink;

namespace Loxi.Samples.LinkWatch;

/// <summary>Prints links with their addresses and neighbours as they are now.</summary>
internal static class Snapshot
{
    public static void Print(RtnetlinkClient client, TextWriter output)
    {
        var addresses = client.GetAddresses().ToLookup(static address => address.InterfaceIndex);
        var neighbours = client.GetNeighbours().ToLookup(static neighbour => neighbour.InterfaceIndex);
        foreach (var link in client.GetLinks())
        {
            output.WriteLine($"{link.Index}: {link.Name} {link.Kind ?? "-"} {link.HardwareAddress} mtu {link.Mtu} {link.OperState} [{link.Flags}]");
            foreach (var address in addresses[link.Index])
            {
                output.WriteLine($"   address   {address.Local}/{address.PrefixLength} {address.Scope} [{address.Flags}]");
            }

            foreach (var neighbour in neighbours[link.Index])
            {
                output.WriteLine($"   neighbour {neighbour.Address} {neighbour.LinkLayerAddress} {neighbour.State}");
            }
        }
    }
}
