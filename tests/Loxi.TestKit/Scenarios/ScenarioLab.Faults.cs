using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Scenarios;

/// <summary>What goes wrong. Each method returns when it has.</summary>
public sealed partial class ScenarioLab
{
    private const string CutTable = "cut";
    private bool _hasCuts;

    /// <summary>A node dies as a machine does: its links first, so that its kernel cannot say good-bye for it, then its process (SIGKILL).</summary>
    public async Task KillNodeAsync(int index)
    {
        SetServiceLink(index, false);
        SetPeerLink(false);
        await Nodes[index].Daemon.KillAsync();
    }

    /// <summary>The machine comes back: its links, and a new process.</summary>
    public Task ReturnNodeAsync(int index)
    {
        SetServiceLink(index, true);
        SetPeerLink(true);
        return StartNodeAsync(index);
    }

    /// <summary>The process dies (SIGKILL); what it loaded into the kernel stays.</summary>
    public Task KillControlAsync(int index) => Nodes[index].Daemon.KillAsync();

    /// <summary>The cable between a node and the switch: pulled at the switch, so the node sees it and keeps its addresses and routes.</summary>
    public void SetServiceLink(int index, bool up) => Lab[Switch].SetUp(Nodes[index].Name, up);

    /// <summary>The link between the nodes; nothing where there is none.</summary>
    public void SetPeerLink(bool up)
    {
        if (Options.PeerLink)
        {
            Nodes[0].Host.SetUp("eth1", up);
        }
    }

    /// <summary>The switch passes no frame from one port to another any more, but those of the other direction.</summary>
    /// <param name="from">Name of the host that is not heard.</param>
    /// <param name="to">Name of the host that does not hear it.</param>
    public void Cut(string from, string to)
    {
        _ = (Lab[from], Lab[to]);
        var table = _hasCuts ? "" : $"add table bridge {CutTable}; add chain bridge {CutTable} f {{ type filter hook forward priority 0; }}; ";
        Lab[Switch].Exec("nft", $"{table}add rule bridge {CutTable} f iifname \"{from}\" oifname \"{to}\" drop");
        _hasCuts = true;
    }

    /// <summary>A node is cut from the clients, in scenarios with a router from the router, in both directions; it sees the other hosts.</summary>
    public void CutFromClients(int index)
    {
        foreach (var other in HasRouter ? ["router"] : (string[])["client", "probe"])
        {
            Cut(other, Nodes[index].Name);
            Cut(Nodes[index].Name, other);
        }
    }

    /// <summary>Ends all cuts of <see cref="Cut"/>.</summary>
    public void Heal()
    {
        if (_hasCuts)
        {
            Lab[Switch].Exec("nft", $"delete table bridge {CutTable}");
            _hasCuts = false;
        }
    }

    /// <summary>A third host takes the VIP: it answers for it and says so once in both forms of gratuitous ARP.</summary>
    /// <exception cref="InvalidOperationException">The VIP is in no subnet of the switch.</exception>
    public void ClaimVip()
    {
        if (HasBgp)
        {
            throw new InvalidOperationException($"VIP {Vip}: only in scenarios 1 and 5 a host of the segment can claim it");
        }

        Rogue.AddAddress("eth0", $"{Vip}/32");
        using var wire = Rogue.Capture("eth0", static _ => false);
        var mac = Rogue.Mac("eth0");
        wire.Send(Packet.Arp(mac, Vip.ToString(), Vip.ToString()));
        wire.Send(Packet.Arp(mac, Vip.ToString(), Vip.ToString(), "ff:ff:ff:ff:ff:ff"));
    }

    /// <summary>The third host gives the VIP up.</summary>
    public void StopClaim() => Rogue.Ip($"address del {Vip}/32 dev eth0");
}
