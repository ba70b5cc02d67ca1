using Loxi.Ebpf.Native.Features;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Ebpf.Native.Programs;
using Loxi.Nat.Connections;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.DataPlane;

/// <summary>
/// The programs and tables in the kernel. Tables are pinned and outlive the process; a new process adopts them and loads its own
/// programs on top. The XDP program is loaded when the first interface wants it.
/// </summary>
internal sealed partial class NatDataPlane : IDisposable
{
    private const string LayoutPin = "layout";

    private readonly ILogger _logger;
    private readonly IObjectLoader _objects;
    private readonly BpfObject _tc;
    private BpfObject? _xdp;
    private BpfObject? _egress;
    private TypedMap<uint, uint>? _txPorts;

    private readonly GroupNames _groupNames;

    private NatDataPlane(PinDirectory pins, IObjectLoader objects, BpfObject tc, GroupNames groupNames, bool adopted, ILogger logger)
    {
        _logger = logger;
        _objects = objects;
        _tc = tc;
        _groupNames = groupNames;
        GroupNumbers = new GroupNumbers(groupNames.Store);
        if (adopted)
        {
            GroupNumbers.Adopt(groupNames.Read());
        }

        Pins = pins;
        Adopted = adopted;
        Maps = new NatMaps(tc.Maps);
        Remover = new FlowRemover(tc.Programs["loxi_remove"]);
        Sweep = SweepProgram.Load(objects, tc.Maps);
    }

    public PinDirectory Pins { get; }

    /// <summary>Whether tables of an earlier process were found.</summary>
    public bool Adopted { get; }

    public NatMaps Maps { get; }

    /// <summary>The numbers of the VIP groups in the tables.</summary>
    public GroupNumbers GroupNumbers { get; }

    public BpfProgram TcProgram => _tc.Programs["loxi"];

    /// <summary>Looks for connections that are over.</summary>
    public SweepProgram Sweep { get; }

    public BpfProgram ImportProgram => _tc.Programs["loxi_import"];

    /// <summary>Takes connections out.</summary>
    public FlowRemover Remover { get; }

    /// <summary>Loads and adopts or creates. Nothing is left behind when it fails.</summary>
    public static NatDataPlane Open(NatOptions options, IObjectLoader objects, ILogger logger)
    {
        options.Validate();
        RequireFeatures();
        var pins = PinDirectory.Open(options.PinPath);
        var adopted = CheckLayout(pins);
        BpfObject? tc = null;
        GroupNames? groupNames = null;
        try
        {
            tc = Load(objects, "loxi_tc", pins, options, reuse: null);
            PinMaps(pins, tc);
            groupNames = GroupNames.Open(pins);
            if (!adopted)
            {
                PinLayout(pins);
            }

            return new NatDataPlane(pins, objects, tc, groupNames, adopted, logger);
        }
        catch
        {
            groupNames?.Dispose();
            if (tc is not null)
            {
                objects.Release(tc);
            }

            if (!adopted)
            {
                pins.Delete();
            }

            throw;
        }
    }

    /// <summary>The XDP program, loaded on first use, on the same tables.</summary>
    public BpfProgram LoadXdp(NatOptions options)
    {
        if (_xdp is null)
        {
            var xdp = Load(_objects, "loxi_xdp", Pins, options, _tc);
            PinMaps(Pins, xdp);
            _xdp = xdp;
            _txPorts = new TypedMap<uint, uint>(xdp.Maps["tx_ports"]);
            LogXdpLoaded(xdp.Programs["loxi"].VerifiedInstructions);
        }

        return _xdp.Programs["loxi"];
    }

    /// <summary>The program for what goes out of interfaces, loaded on first use, on the same tables.</summary>
    public BpfProgram LoadEgress(NatOptions options)
    {
        _egress ??= Load(_objects, "loxi_egress", Pins, options, _tc);
        return _egress.Programs["loxi_egress"];
    }

    /// <summary>Lets XDP send to an interface.</summary>
    public void AllowTransmit(int interfaceIndex) =>
        _txPorts?.Update((uint)interfaceIndex, (uint)interfaceIndex);

    public void ForbidTransmit(int interfaceIndex) => _txPorts?.TryDelete((uint)interfaceIndex);

    public void Dispose()
    {
        Sweep.Dispose();
        Maps.Dispose();
        _groupNames.Dispose();
        foreach (var loaded in (ReadOnlySpan<BpfObject?>)[_egress, _xdp, _tc])
        {
            if (loaded is not null)
            {
                _objects.Release(loaded);
            }
        }
    }

    private static void RequireFeatures()
    {
        foreach (var feature in (ReadOnlySpan<KernelFeature>)[KernelFeature.FibLookup, KernelFeature.HashBatchOperations, KernelFeature.RingBuffer, KernelFeature.InnerMapDynamicCapacity, KernelFeature.RedirectNeighbour, KernelFeature.CoarseKtime])
        {
            KernelFeatures.Require(feature);
        }
    }

    /// <summary>True when complete tables of this layout are there. What a start that died half-way has left is removed.</summary>
    private static bool CheckLayout(PinDirectory pins)
    {
        if (pins.TryOpenMap(LayoutPin, null, out var map))
        {
            using (map)
            {
                new TypedMap<uint, uint>(map!).TryLookup(0, out var layout);
                return layout == Shared.Layout
                    ? true
                    : throw new PinnedLayoutException(pins.Path, $"layout {layout}", $"layout {Shared.Layout}");
            }
        }

        foreach (var pinned in pins.List())
        {
            pins.Unpin(pinned.Name);
        }

        return false;
    }

    private static void PinLayout(PinDirectory pins)
    {
        using var map = BpfMap.Create(BpfMapType.Array, sizeof(uint), sizeof(uint), 1, BpfMapFlags.None, "loxi_layout");
        new TypedMap<uint, uint>(map).Update(0, Shared.Layout);
        pins.Pin(map, LayoutPin);
    }

    private static BpfObject Load(IObjectLoader objects, string name, PinDirectory pins, NatOptions options, BpfObject? reuse)
    {
        var pinned = new List<BpfMap>();
        try
        {
            return objects.Load(name, opened =>
            {
                SetSizes(opened, options);
                ReuseMaps(opened, pins, reuse, pinned);
                if (KernelFeatures.IsSupported(KernelFeature.ChecksumIpv6Flag))
                {
                    opened.SetReadOnlyData("loxi_csum_ipv6_flag", 1UL << 7);
                }
            });
        }
        finally
        {
            pinned.ForEach(map => map.Dispose());
        }
    }

    /// <param name="opened">The object that is about to be loaded.</param>
    /// <param name="pins">Where maps of an earlier process may be.</param>
    /// <param name="reuse">The object whose maps come first; null for none.</param>
    /// <param name="taken">Receives maps that were pinned, to be disposed when the object is loaded.</param>
    private static void ReuseMaps(BpfObject opened, PinDirectory pins, BpfObject? reuse, List<BpfMap> taken)
    {
        foreach (var map in opened.MapNames.Where(IsShared))
        {
            if (reuse is not null && reuse.Maps.TryGetValue(map, out var common))
            {
                opened.SetMapMaxEntries(map, common.MaxEntries);
                opened.ReuseMap(map, common);
            }
            else if (pins.TryOpenMap(map, null, out var pinned))
            {
                taken.Add(pinned!);
                RequireShape(opened.DeclaredShape(map), pinned!, pins.PathOf(map));
                opened.SetMapMaxEntries(map, pinned!.MaxEntries);
                opened.ReuseMap(map, pinned);
            }
        }
    }

    private static void SetSizes(BpfObject loaded, NatOptions options)
    {
        loaded.SetMapMaxEntries("flow4", options.MaxConnections * 2);
        loaded.SetMapMaxEntries("flow6", options.MaxConnections * 2);
        loaded.SetMapMaxEntries("services", options.MaxServices);
        loaded.SetMapMaxEntries("rotation", options.MaxServices);
        loaded.SetMapMaxEntries("service_stats", options.MaxServices);
        loaded.SetMapMaxEntries("endpoints", options.MaxEndpoints);
        loaded.SetMapMaxEntries("endpoint_stats", options.MaxEndpoints);
        loaded.SetMapMaxEntries("endpoint_load", options.MaxEndpoints);
        loaded.SetMapMaxEntries("ranges", options.MaxRangePrefixes);
        loaded.SetMapMaxEntries("sources", options.MaxSources);
        loaded.SetMapMaxEntries("persist", options.MaxPersistent);
        var embryos = EmbryoQuota.SlotsOf(options.MaxConnections);
        loaded.SetMapMaxEntries("embryos4", embryos);
        loaded.SetMapMaxEntries("embryos6", embryos);
        loaded.SetMapMaxEntries("members", options.MaxEndpoints * 2);
        loaded.SetMapMaxEntries("addresses", options.MaxEndpoints + (2 * options.MaxServices) + options.MaxSources + 4096);
    }

    /// <summary>Sizes may differ, the layout number covers the rest; this names what a foreign map in our place looks like.</summary>
    private static void RequireShape(MapShape declared, BpfMap pinned, string path)
    {
        var actual = pinned.Shape;
        var expected = declared with { MaxEntries = actual.MaxEntries };
        if (expected != actual)
        {
            throw new PinnedLayoutException(path, string.Join(", ", expected.Differences(actual)), expected.ToString());
        }
    }

    /// <summary>Scratch space and read-only data belong to one load of a program.</summary>
    private static bool IsShared(string map) => map is not ("scratch" or "import_scratch" or "ways") && !map.Contains('.', StringComparison.Ordinal);

    private static void PinMaps(PinDirectory pins, BpfObject loaded)
    {
        var present = pins.List().Select(p => p.Name).ToHashSet();
        foreach (var (name, map) in loaded.Maps.Where(m => IsShared(m.Key) && !present.Contains(m.Key)))
        {
            pins.Pin(map, name);
        }
    }
}
