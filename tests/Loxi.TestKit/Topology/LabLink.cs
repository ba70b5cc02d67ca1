using System.Globalization;

namespace Loxi.TestKit.Topology;

/// <summary>A veth pair between two hosts.</summary>
public sealed record LabLink(LabHost Left, string LeftName, LabHost Right, string RightName, LinkOptions Options)
{
    internal static LabLink Create(LabHost left, string leftName, LabHost right, string rightName, LinkOptions options)
    {
        var queues = options.Queues.ToString(CultureInfo.InvariantCulture);
        var mtu = options.Mtu.ToString(CultureInfo.InvariantCulture);
        string[] end(LabHost host, string name) =>
            ["name", name, "netns", host.NamespaceName, "address", host.NextMac(name), "mtu", mtu, "numtxqueues", queues, "numrxqueues", queues];
        Shell.Run("ip", ["link", "add", .. end(left, leftName), "type", "veth", "peer", .. end(right, rightName)]);
        var link = new LabLink(left, leftName, right, rightName, options);
        Prepare(left, leftName, options);
        Prepare(right, rightName, options);
        // A veth says that XDP may send to it when its peer has GRO at the moment when the veth comes up, not when that changes later.
        left.Ip($"link set {leftName} up");
        right.Ip($"link set {rightName} up");
        return link;
    }

    private static void Prepare(LabHost host, string name, LinkOptions options)
    {
        var tx = options.ChecksumOffload ? "on" : "off";
        host.Exec("ethtool", "-K", name, "tx", tx, "gro", options.Gro ? "on" : "off", "txvlan", "off");
    }
}
