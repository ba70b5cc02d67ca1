using System.Diagnostics;
using System.Net;
using System.Text;
using CsCheck;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Node.State;
using Xunit;

namespace Loxi.Node.Tests.State;

public sealed class ServiceStateFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-state-").FullName;
    private readonly ServiceStateFile _file;

    private static readonly SourcePools Pools = SourcePools.Create(
    [
        new SourcePool { Name = "east", VipGroup = "inst1", Addresses = [IPAddress.Parse("192.0.2.101"), IPAddress.Parse("2001:db8::101")] },
        new SourcePool { Name = "west", Addresses = [IPAddress.Parse("192.0.2.201")] },
    ]);

    public ServiceStateFileTests() => _file = new ServiceStateFile(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Load_NoFileOrDirectory_IsEmpty()
    {
        _file.Load().Should().Be(DesiredState.Empty);
        new ServiceStateFile(Path.Combine(_directory, "absent")).Load().Should().Be(DesiredState.Empty);
    }

    [Fact]
    public void SaveThenLoad_AnyModel_IsTheSameModel()
    {
        Gen.Select(Gen.Int[0, 20_000], Gen.Bool, Gen.Int[0, 2_592_000], Gen.String[Gen.Char[' ', '\u00ff'].Where(static c => c is not '\u007f'), 0, 20], Gen.Int[0, 8], Gen.Int[1, 6])
            .Select(static t => Service(t.Item1, t.Item2, t.Item3, t.Item4, t.Item5, t.Item6))
            .List[0, 12]
            .Sample(
                services =>
                {
                    var model = ServiceModel.Create(services);
                    _file.Save(new DesiredState(model, Pools));
                    var read = _file.Load();
                    return read.Services.DifferenceFrom(model).IsEmpty && read.Pools.IsSameAs(Pools);
                },
                iter: 60,
                threads: 1);
    }

    [Fact]
    public void Load_FileCutAtEveryFiftieth_IsAClearError()
    {
        _file.Save(new DesiredState(ServiceModel.Create(Enumerable.Range(0, 40).Select(static i => Service(i, false, i, "n", 0, 2))), SourcePools.Empty));
        var whole = File.ReadAllBytes(_file.Path);
        for (var i = 0; i < 50; i++)
        {
            File.WriteAllBytes(_file.Path, whole[..(whole.Length * i / 50)]);

            _file.Invoking(static f => f.Load()).Should().Throw<StateFileException>()
                .WithMessage($"{_file.Path}: line *, byte *: value '*', expected complete JSON*");
        }

        File.WriteAllBytes(_file.Path, whole);
        _file.Load().Services.Should().HaveCount(40);
    }

    [Fact]
    public void Load_WrongMembersAndTypes_AreAllNamed()
    {
        File.WriteAllText(_file.Path, """
            {"version":3,"lbAttr":[{"serviceArguments":{"externalIP":1,"port":"80","protocl":"tcp","monitor":"yes","sel":1.5,"SEL":1},"endpoints":{}},null],"more":{}}
            """);

        var problems = _file.Invoking(static f => f.Load()).Should().Throw<StateFileException>().Which.Problems;

        problems.Select(static p => $"{p.Field}={p.Value}").Should().BeEquivalentTo(
            "version=3", "lbAttr[0].serviceArguments.externalIP=1", "lbAttr[0].serviceArguments.port=\"80\"", "lbAttr[0].serviceArguments.protocl=\"tcp\"",
            "lbAttr[0].serviceArguments.monitor=\"yes\"", "lbAttr[0].serviceArguments.sel=1.5", "lbAttr[0].serviceArguments.SEL=1", "lbAttr[0].endpoints={}",
            "lbAttr[1]=null", "more={}");
    }

    [Fact]
    public void Load_ValuesThatAreNoService_AreNamedWithFileAndPath()
    {
        File.WriteAllText(_file.Path, """
            {"lbAttr":[
             {"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp"},"endpoints":[{"endpointIP":"192.0.2.1","targetPort":80,"weight":1}]},
             {"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp"},"endpoints":[{"endpointIP":"192.0.2.2","targetPort":80,"weight":1}]},
             {"serviceArguments":{"externalIP":"198.18.0.2","port":0,"protocol":"tcp","mode":4},"endpoints":[{"endpointIP":"192.0.2.2","targetPort":80,"weight":0}]}]}
            """);

        var error = _file.Invoking(static f => f.Load()).Should().Throw<StateFileException>().Which;

        error.Problems.Select(static p => p.Field).Should().BeEquivalentTo(
            "lbAttr[1]", "lbAttr[2].serviceArguments.port", "lbAttr[2].serviceArguments.mode", "lbAttr[2].endpoints[0].weight");
        error.Message.Should().Contain($"{_file.Path}: lbAttr[2].serviceArguments.port: value '0', expected 1 to 65535");
    }

    [Fact]
    public void Load_FileOfTheVersionBefore_IsReadAndNotCurrent()
    {
        File.WriteAllText(_file.Path, """
            {"version":1,"journal":7,"lbAttr":[
            {"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp","name":"web:inst1"},"endpoints":[{"endpointIP":"192.0.2.1","targetPort":80,"weight":1}],"secondaryIPs":null,"allowedSources":null}
            ]}
            """);

        var state = _file.Load(out var journal, out var isCurrent);

        state.Services.Should().ContainSingle().Which.VipGroup.Should().Be("inst1");
        state.Pools.Should().BeEmpty();
        (journal, isCurrent).Should().Be((7, false));
        _file.Save(state, 8);
        _file.Load(out journal, out isCurrent).Services.DifferenceFrom(state.Services).IsEmpty.Should().BeTrue();
        (journal, isCurrent).Should().Be((8, true));
    }

    [Fact]
    public void Load_PoolsThatAreNone_AreNamed()
    {
        File.WriteAllText(_file.Path, """
            {"pools":[{"name":"a b","addresses":[]},{"name":"east","addresses":["192.0.2.1","x",7]},{"name":"west","adresses":["192.0.2.1"]},null,{"name":"n","addresses":["192.0.2.1"]},{"name":"n","addresses":["192.0.2.2"]}],"lbAttr":[]}
            """);

        _file.Invoking(static f => f.Load()).Should().Throw<StateFileException>().Which.Problems.Select(static p => $"{p.Field}={p.Value}").Should().BeEquivalentTo(
            "pools[0].name=a b", "pools[0].addresses=0", "pools[1].addresses[2]=7", "pools[2].adresses=[\"192.0.2.1\"]", "pools[3]=null", "pools[5]=n");
    }

    [Fact]
    public void Load_ServicesAndPoolsThatDoNotGoTogether_AreNamed()
    {
        const string Endpoint = """ "endpoints":[{"endpointIP":"192.0.2.1","targetPort":80,"weight":1}] """;
        File.WriteAllText(_file.Path, $$"""
            {"lbAttr":[
             {"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp","sourcePool":"east"},{{Endpoint}}},
             {"serviceArguments":{"externalIP":"198.18.0.2","port":80,"protocol":"tcp","sourcePool":"west"},{{Endpoint}}},
             {"serviceArguments":{"externalIP":"198.18.0.3","port":80,"portMax":90,"protocol":"tcp"},{{Endpoint}}},
             {"serviceArguments":{"externalIP":"198.18.0.3","port":90,"portMax":99,"protocol":"tcp"},{{Endpoint}}}],
             "pools":[{"name":"east","addresses":["192.0.2.101"]},{"name":"far","vipGroup":"inst1","addresses":["192.0.2.101"]}]}
            """);

        _file.Invoking(static f => f.Load()).Should().Throw<StateFileException>().Which.Problems.Select(static p => $"{p.Field}={p.Value}").Should().BeEquivalentTo(
            "lbAttr[1].serviceArguments.sourcePool=west", "tcp 198.18.0.3:90-99: serviceArguments.portMax=90-99", "pool far: addresses[0]=192.0.2.101");
    }

    [Fact]
    public void Load_LoxilbConfiguration_IsTaken()
    {
        File.WriteAllText(_file.Path, """
            {"lbAttr":[{"serviceArguments":{"externalIP":"192.168.80.80","port":6443,"protocol":"tcp","sel":0,"mode":0,"BGP":false,"Monitor":true,
             "inactiveTimeOut":240,"block":0},"secondaryIPs":null,
             "endpoints":[{"endpointIP":"192.168.80.10","targetPort":6443,"weight":1,"state":"active","counter":""}]}]}
            """);

        var service = _file.Load().Services.Should().ContainSingle().Subject;

        service.Monitor.Should().BeTrue();
        service.InactiveTimeout.Should().Be(TimeSpan.FromSeconds(240));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("3")]
    public void Load_OtherDocument_IsAnError(string text)
    {
        File.WriteAllText(_file.Path, text);

        _file.Invoking(static f => f.Load()).Should().Throw<StateFileException>().WithMessage(_file.Path + "*");
    }

    [Fact]
    public void Load_DeepOrBinaryContent_IsAnError()
    {
        foreach (var content in new[] { new byte[] { 0, 1, 2, 255 }, Encoding.ASCII.GetBytes(new string('[', 100_000)) })
        {
            File.WriteAllBytes(_file.Path, content);

            _file.Invoking(static f => f.Load()).Should().Throw<StateFileException>();
        }
    }

    [Fact]
    public void Save_LeavesNoTemporaryFileAndPrivateMode()
    {
        _file.Save(DesiredState.Empty);

        Directory.GetFiles(_directory).Should().Equal(_file.Path);
        if (!OperatingSystem.IsWindows())
        {
            (File.GetUnixFileMode(_file.Path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)).Should().Be(UnixFileMode.None);
        }
    }

    [Fact]
    public void Save_ImpossibleDirectory_ThrowsAndNamesIt()
    {
        File.WriteAllText(Path.Combine(_directory, "f"), "");

        new ServiceStateFile(Path.Combine(_directory, "f")).Invoking(static f => f.Save(DesiredState.Empty)).Should().Throw<IOException>();
    }

    [Fact]
    public void Load_TenTimesTheServices_TakesAboutTenTimesAsLong()
    {
        var small = new ServiceStateFile(_directory, "small.json");
        small.Save(new DesiredState(ServiceModel.Create(Enumerable.Range(0, 1_000).Select(static i => Service(i, true, 60, "name", 0, 4))), SourcePools.Empty));
        _file.Save(new DesiredState(ServiceModel.Create(Enumerable.Range(0, 10_000).Select(static i => Service(i, true, 60, "name", 0, 4))), SourcePools.Empty));
        _file.Load().Services.Count.Should().Be(10_000);

        var (one, ten) = (Fastest(small), Fastest(_file));

        // The design asks for 10,000 services in 300 ms on a quiet machine; a busy one can only tell linear from quadratic.
        TestContext.Current.SendDiagnosticMessage($"1,000 services loaded in {one.TotalMilliseconds:0} ms, 10,000 in {ten.TotalMilliseconds:0} ms");
        (ten / one).Should().BeLessThan(60);
    }

    private static TimeSpan Fastest(ServiceStateFile file)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var clock = Stopwatch.StartNew();
            file.Load();
            best = clock.Elapsed < best ? clock.Elapsed : best;
        }

        return best;
    }

    private static Service Service(int number, bool flag, int timeout, string name, int kind, int endpoints)
    {
        var service = new Service
        {
            Key = kind == 2
                ? new ServiceKey(IPAddress.Parse($"2001:db8::{number:x}"), ServiceProtocol.Udp, 53)
                : new ServiceKey(new IPAddress([198, 18, (byte)(number >> 8), (byte)number]), kind == 1 ? ServiceProtocol.Icmp : ServiceProtocol.Tcp, (ushort)(kind == 1 ? 0 : 80)),
            Name = name,
            Selection = flag ? SelectionPolicy.Hash : SelectionPolicy.RoundRobin,
            InactiveTimeout = TimeSpan.FromSeconds(timeout),
            Monitor = flag,
            Managed = !flag,
            Probe = flag ? new ServiceProbe { Type = ProbeType.Tcp, Port = 9, Retries = 3, Timeout = TimeSpan.FromSeconds(5) } : ServiceProbe.Default,
            Endpoints = [.. Enumerable.Range(1, endpoints).Select(i => new ServiceEndpoint(
                kind == 2 ? IPAddress.Parse($"2001:db8:1::{i:x}") : new IPAddress([192, 0, 2, (byte)i]), (ushort)(kind == 1 ? 0 : 8080), i))],
        };
        return kind switch
        {
            3 => service with { Mode = NatMode.OneArm, SourcePool = "east", VipGroup = "inst1", Endpoints = [service.Endpoints[0] with { Draining = flag }] },
            4 => service with { Mode = NatMode.FullNat, PrivateAddress = IPAddress.Parse("192.0.2.99"), Selection = SelectionPolicy.Persist, PersistTimeout = TimeSpan.FromSeconds(timeout) },
            5 => service with
            {
                Mode = NatMode.Dsr,
                Selection = SelectionPolicy.Hash,
                Tunnel = flag ? TunnelMode.Ipip : TunnelMode.Auto,
                ClampMss = flag,
                Endpoints = [.. service.Endpoints.Select(static e => new ServiceEndpoint(e.Address, 80, e.Weight))],
            },
            6 => service with { Mode = NatMode.HostOneArm, Key = service.Key with { Vip = IPAddress.Any }, Selection = SelectionPolicy.LeastConnections, SlowStart = TimeSpan.FromSeconds(timeout % 3600) },
            7 => service with { Key = service.Key with { Protocol = ServiceProtocol.Sctp, PortMax = 99, Block = (uint)timeout }, Endpoints = [service.Endpoints[0], new ServiceEndpoint(IPAddress.Parse("192.0.2.77"), 0, 1)] },
            8 => service with { Egress = true, Selection = SelectionPolicy.WeightedRoundRobin },
            _ => service,
        };
    }
}
