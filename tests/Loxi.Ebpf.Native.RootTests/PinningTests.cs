using FluentAssertions;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Ebpf.Native.Programs;
using Xunit;

namespace Loxi.Ebpf.Native.RootTests;

public sealed class PinningTests
{
    [Fact]
    public void BpfFsMissing_IsMountedOnce() => Sandbox.Run(() =>
    {
        string root = Directory.CreateTempSubdirectory("loxi-ebpf-").FullName;
        try
        {
            string path = Path.Combine(root, "bpf");
            BpfFs.Contains(path).Should().BeFalse();
            BpfFs.EnsureMounted(path).Should().BeTrue();
            BpfFs.Contains(path).Should().BeTrue();
            BpfFs.EnsureMounted(path).Should().BeFalse();
            Sandbox.Execute("umount", path);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    });

    [Fact]
    public void MountPointImpossible_SaysWhich() => Sandbox.Run(() =>
    {
        Action mount = () => BpfFs.EnsureMounted("/proc/nowhere/bpf");
        mount.Should().Throw<EbpfException>().WithMessage("*mount point /proc/nowhere/bpf*");
    });

    [Fact]
    public void NotInBpfFs_PinDirectorySaysHowToMount()
    {
        Action open = () => PinDirectory.Open("/tmp/loxi-not-bpffs");
        open.Should().Throw<EbpfException>().WithMessage("*/tmp/loxi-not-bpffs*mount -t bpf*");
        Directory.Exists("/tmp/loxi-not-bpffs").Should().BeFalse();
    }

    [Fact]
    public void Pinned_ObjectsAreListedAdoptedAndUnpinned() => RunWithPins(pins =>
    {
        using (BpfObject net = TestObjects.Load("net"))
        {
            pins.Pin(net.Maps["counts"], "counts");
            pins.Pin(net.Programs["tc_count"], "program");
            net.Programs["tc_count"].Run(new byte[60], default);
        }

        pins.List().Select(p => (p.Name, p.Kind)).Should().Equal(("counts", PinKind.Map), ("program", PinKind.Program));
        pins.TryOpenMap("counts", new MapShape(BpfMapType.Array, 4, 8, 2, BpfMapFlags.None), out BpfMap? map).Should().BeTrue();
        pins.TryOpenProgram("program", out BpfProgram? program).Should().BeTrue();
        using (map)
        using (program)
        {
            program!.Name.Should().Be("tc_count");
            program.Run(new byte[60], default);
            BpfLinkTests.Read(new(map!), 0).Should().Be(2);
        }

        pins.TryOpenMap("absent", null, out _).Should().BeFalse();
        pins.TryOpenLink("absent", out _).Should().BeFalse();
        pins.Unpin("program").Should().BeTrue();
        pins.Unpin("program").Should().BeFalse();
        pins.List().Should().ContainSingle();
    });

    [Fact]
    public void Renamed_TakesThePlaceOfWhatHasTheName() => RunWithPins(pins =>
    {
        using BpfMap first = BpfMap.Create(BpfMapType.Hash, 4, 16, 10, name: "first");
        using BpfMap second = BpfMap.Create(BpfMapType.Hash, 4, 16, 20, name: "second");
        pins.Pin(first, "table");
        pins.Pin(second, "next");

        pins.Rename("next", "table");

        pins.List().Should().ContainSingle().Which.Name.Should().Be("table");
        pins.TryOpenMap("table", null, out BpfMap? map).Should().BeTrue();
        map!.MaxEntries.Should().Be(20);
        map.Dispose();
        pins.Invoking(p => p.Rename("next", "table")).Should().Throw<FileNotFoundException>();
    });

    [Fact]
    public void PinnedMapOfAnotherShape_NamesWhatDiffers() => RunWithPins(pins =>
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 16, 10, name: "old");
        pins.Pin(map, "table");
        int before = Sandbox.OpenDescriptors();
        Action adopt = () => BpfMap.OpenPinned(pins.PathOf("table"), new MapShape(BpfMapType.LruHash, 4, 24, 10, BpfMapFlags.None));
        MapShapeMismatchException error = adopt.Should().Throw<MapShapeMismatchException>()
            .WithMessage($"*{pins.PathOf("table")}*type: expected LruHash, found Hash; value size: expected 24, found 16").Which;
        error.Actual.Should().Be(map.Shape);
        Sandbox.OpenDescriptors().Should().Be(before);
    });

    [Fact]
    public void OtherKindPinned_SaysWhatIsThere() => RunWithPins(pins =>
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 16, 10, name: "old");
        pins.Pin(map, "table");
        Action program = () => BpfProgram.OpenPinned(pins.PathOf("table"));
        program.Should().Throw<EbpfException>().WithMessage("*a bpf-map is pinned there*");
        Action link = () => TcxLink.OpenPinned(pins.PathOf("table"));
        link.Should().Throw<EbpfException>().WithMessage("*a bpf-map is pinned there*");
        pins.Invoking(p => p.Pin(map, "table")).Should().Throw<EbpfException>().WithMessage("*the path exists*");
    });

    [Fact]
    public void PinPathSet_SecondLoadAdoptsTheMap() => RunWithPins(pins =>
    {
        uint id;
        using (BpfObject first = TestObjects.Open("net"))
        {
            first.SetMapPinPath("counts", pins.PathOf("counts"));
            first.Load();
            id = first.Maps["counts"].Id;
        }

        using (BpfObject second = TestObjects.Open("net"))
        {
            second.SetMapPinPath("counts", pins.PathOf("counts"));
            second.Load();
            second.Maps["counts"].Id.Should().Be(id);
        }

        using BpfObject third = TestObjects.Open("net");
        third.SetMapPinPath("counts", pins.PathOf("counts"));
        third.SetMapMaxEntries("counts", 9);
        third.Invoking(o => o.Load()).Should().Throw<MapShapeMismatchException>().WithMessage("*'counts' pinned at*max entries: expected 9, found 2*");
    });

    [Fact]
    public void LinksPinned_OutliveTheirDescriptorsAndAreAdopted() => Sandbox.RunWithVeth((v0, _) => InPins(pins =>
    {
        using BpfObject net = TestObjects.Load("net");
        using (TcxLink tcx = TcxLink.Attach(net.Programs["tc_count"], v0, TrafficDirection.Egress))
        using (XdpLink xdp = XdpLink.Attach(net.Programs["xdp_count"], v0))
        {
            pins.Pin(tcx, "tcx");
            pins.Pin(xdp, "xdp");
        }

        pins.List().Should().OnlyContain(p => p.Kind == PinKind.Link).And.HaveCount(2);
        pins.TryOpenLink("tcx", out BpfLink? adopted).Should().BeTrue();
        using (adopted)
        using (XdpLink xdp = XdpLink.OpenPinned(pins.PathOf("xdp")))
        {
            adopted.Should().BeOfType<TcxLink>();
            adopted!.ReadInfo().ProgramId.Should().Be(net.Programs["tc_count"].Id);
            xdp.ReadInfo().ProgramId.Should().Be(net.Programs["xdp_count"].Id);
            adopted.Detach();
            xdp.Detach();
        }

        InterfacePrograms.Query(v0).Should().BeEmpty();
        Action wrongKind = () => XdpLink.OpenPinned(pins.PathOf("tcx"));
        wrongKind.Should().Throw<EbpfException>();
    }));

    [Fact]
    public void DirectoryDeleted_PinsAndDirectoryAreGone() => RunWithPins(pins =>
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 16, 10, name: "old");
        pins.Pin(map, "table");
        PinDirectory inner = PinDirectory.Open(Path.Combine(pins.Path, "inner"));
        inner.Pin(map, "table");
        pins.List().Select(p => p.Kind).Should().BeEquivalentTo([PinKind.Map, PinKind.Directory]);
        pins.Delete();
        Directory.Exists(pins.Path).Should().BeFalse();
        pins.Invoking(p => p.PathOf("a.b")).Should().Throw<ArgumentException>().WithMessage("'a.b' cannot name a pin*");
    });

    private static void RunWithPins(Action<PinDirectory> test) => Sandbox.Run(() => InPins(test));

    private static void InPins(Action<PinDirectory> test)
    {
        string root = Directory.CreateTempSubdirectory("loxi-ebpf-").FullName;
        BpfFs.EnsureMounted(root).Should().BeTrue();
        try
        {
            test(PinDirectory.Open(Path.Combine(root, "loxi")));
        }
        finally
        {
            Sandbox.Execute("umount", root);
            Directory.Delete(root);
        }
    }
}
