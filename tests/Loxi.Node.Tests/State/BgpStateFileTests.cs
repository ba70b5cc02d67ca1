using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Node.Bgp;
using Loxi.Node.State;
using Loxi.Node.Tests.Bgp;
using Xunit;

namespace Loxi.Node.Tests.State;

public sealed class BgpStateFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-bgp-").FullName;
    private readonly BgpStateFile _file;

    public BgpStateFileTests() => _file = new BgpStateFile(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Load_NoFile_IsEmpty() => Load().Should().BeSameAs(BgpModel.Empty);

    [Fact]
    public void SaveThenLoad_IsTheSameAndNobodyElsesToRead()
    {
        var sample = BgpSamples.Everything();
        _file.Save(sample);

        var loaded = Load();

        loaded.Speaker.Should().Be(sample.Speaker);
        loaded.Policies.Should().Be(sample.Policies);
        loaded.Peers.Should().HaveCount(4).And.Equal(sample.Peers);
        loaded.Ranges.Should().HaveCount(2).And.Equal(sample.Ranges);
        Directory.GetFiles(_directory).Should().Equal(_file.Path);
        File.ReadAllText(_file.Path).Should().Contain("\"password\":\"geheim");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_file.Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void PeersWithoutASpeaker_AreKept()
    {
        BgpModel.Empty.PutPeer(new BgpNeighborArguments { IPAddress = "192.0.2.2", RemoteAs = 64_501 }, out var model);
        _file.Save(model);

        Load().Peers.Should().Equal(model.Peers);
        Load().Speaker.Should().BeNull();
    }

    [Theory]
    [InlineData("""{"version":2}""", "version: value '2', expected 1, the only version that this program reads")]
    [InlineData("""{"neighbors":[{"ipAddress":"192.0.2.2","remoteAs":1,"more":1}]}""", "neighbors[0].more: value '1', expected one of the members addPathReceive, addPathSend, *")]
    [InlineData("""{"neighbors":[{"ipAddress":"192.0.2.2","remoteAs":"1"}]}""", "neighbors[0].remoteAs: value '*1*', expected a whole number")]
    [InlineData("""{"neighbors":[{"ipAddress":"192.0.2","remoteAs":1}]}""", "neighbors[0].ipAddress: value '192.0.2', expected an IPv4 or IPv6 address")]
    [InlineData("""{"neighbors":[{"ipAddress":"192.0.2.2","remoteAs":1},{"ipAddress":"192.0.2.2","remoteAs":2}]}""", "neighbors[1]: value '192.0.2.2', expected each name or address once")]
    [InlineData("""{"neighbors":[{"ipAddress":"192.0.2.2","remoteAs":1,"importPolicies":["p"]}]}""", "neighbors[0].importPolicies[0]: value 'p', expected the name of a defined policy")]
    [InlineData("""{"dynamicNeighbors":[{"prefix":"192.0.2.0/24","remoteAs":1,"ipAddress":"192.0.2.2"}]}""", "dynamicNeighbors[0].ipAddress: value '*192.0.2.2*', expected one of the members addPathReceive, addPathSend, *")]
    [InlineData("""{"dynamicNeighbors":[{"prefix":"192.0.2.0","remoteAs":1}]}""", "dynamicNeighbors[0].prefix: value '192.0.2.0', expected a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32")]
    [InlineData("""{"dynamicNeighbors":[{"prefix":"192.0.2.0/24","remoteAs":1},{"prefix":"192.0.2.0/24","remoteAs":2}]}""", "dynamicNeighbors[1]: value '192.0.2.0/24', expected each name or address once")]
    [InlineData("""{"global":{"localAs":23456,"routerId":"192.0.2.1"}}""", "global.localAs: value '23456', expected 1 to 4294967295, not 23456")]
    [InlineData("""{"definitions":[{"name":"p","statements":[{"conditions":{"matchPrefixSet":{"prefixSet":"s"}}}]}]}""", "definitions[0].statements[0].conditions.matchPrefixSet.prefixSet: value 's', expected the name of a defined set of this kind")]
    [InlineData("""{"definedsets":{"prefix":[{"name":"s","prefixList":[{"ipPrefix":"192.0.2.1/24"}]}]}}""", "definedsets.prefix[0].prefixList[0].ipPrefix: value '192.0.2.1/24', expected a prefix such as 192.0.2.0/24 or 2001:db8::/32")]
    [InlineData("[]", ": value 'Array', expected an object with global and neighbors")]
    [InlineData("""{"version":1,"neighbors":[{"password":"geheim""", "line 1, byte *: value '...', expected complete JSON*")]
    public void Load_DamagedFile_NamesWhatIsWrong(string content, string message)
    {
        File.WriteAllText(_file.Path, content);

        this.Invoking(static t => t.Load()).Should().Throw<StateFileException>().WithMessage($"*bgp.json: {message}").Which.Message.Should().NotContain("geheim");
    }

    [Theory]
    [InlineData("""{"neighbors":[{"ipAddress":"192.0.2.2","remoteAs":1,"password":123456}]}""")]
    [InlineData("""{"neighbors":[{"ipAddress":"192.0.2.2","remoteAs":1,"password":["123456"]}]}""")]
    [InlineData("""{"neighbors":[{"ipAddress":"192.0.2.2","remoteAs":1,"passwrd":"x","Password":123456}]}""")]
    [InlineData("""{"neighbor":[{"password":"123456"}]}""")]
    [InlineData("""{"neighbors":[{"ipAddress":"192.0.2.2","remoteAs":1,"tcpAo":{"secret":123456}}]}""")]
    [InlineData("""{"neighbors":[{"ipAddress":"192.0.2.2","remoteAs":1,"tcpAo":{"secrt":"x","secret":123456}}]}""")]
    public void Load_DamagedFile_ShowsNoPassword(string content)
    {
        File.WriteAllText(_file.Path, content);

        this.Invoking(static t => t.Load()).Should().Throw<StateFileException>().Which.Message.Should().NotContain("123456");
    }

    private BgpModel Load() => _file.Load(new BgpDefaults(), new StubBgpHost());
}
