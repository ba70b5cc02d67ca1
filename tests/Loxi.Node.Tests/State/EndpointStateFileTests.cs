using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.Health;
using Loxi.Node.Endpoints;
using Loxi.Node.State;
using Xunit;

namespace Loxi.Node.Tests.State;

public sealed class EndpointStateFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-endpoints-").FullName;
    private readonly EndpointStateFile _file;

    public EndpointStateFileTests() => _file = new EndpointStateFile(_directory);

    private static EndpointModel Sample
    {
        get
        {
            var address = IPAddress.Parse("192.0.2.1");
            EndpointModel.Empty.Configure(new ConfiguredEndpoint(address, 80) { Name = "web", Period = 5, Fall = 7 }, out var model).Should().Be(EndpointOutcome.Done);
            model.Configure(new ConfiguredEndpoint(IPAddress.Parse("2001:db8::1"), 65535) { ProbeType = ProbeType.None }, out model);
            model.SetState(new HeldEndpoint(address, ServiceProtocol.Tcp, 80), HandState.Red, ServiceModel.Empty, out model);
            model.SetState(new HeldEndpoint(address, ServiceProtocol.Udp, 80), HandState.Yellow, ServiceModel.Empty, out model);
            return model;
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Load_NoFile_IsEmpty() => _file.Load().Should().BeSameAs(EndpointModel.Empty);

    [Fact]
    public void SaveThenLoad_IsTheSame()
    {
        _file.Save(Sample);

        var loaded = _file.Load();

        loaded.Configured.Should().Equal(Sample.Configured);
        loaded.States.Should().HaveCount(2).And.Equal(Sample.States);
        Directory.GetFiles(_directory).Should().Equal(_file.Path);
        if (!OperatingSystem.IsWindows())
        {
            (File.GetUnixFileMode(_file.Path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)).Should().Be(UnixFileMode.None);
        }
    }

    [Fact]
    public void Load_FileCutAnywhere_IsAClearError()
    {
        _file.Save(Sample);
        var whole = File.ReadAllBytes(_file.Path);
        // The last byte is a line feed.
        for (var i = 0; i < whole.Length - 1; i++)
        {
            File.WriteAllBytes(_file.Path, whole[..i]);

            _file.Invoking(static f => f.Load()).Should().Throw<StateFileException>()
                .WithMessage($"{_file.Path}: line *, byte *: value '*', expected complete JSON*");
        }
    }

    [Theory]
    [InlineData("[]", "*: value '[]', expected an object with endpoints and states")]
    [InlineData("{}", "version: value '0', expected 1, the only version that this program reads")]
    [InlineData("""{"version":2}""", "version: value '2', expected 1, the only version that this program reads")]
    [InlineData("""{"version":1,"extra":3}""", "extra: value '3', expected one of the members endpoints, states, version")]
    [InlineData("""{"version":1,"endpoints":[{"hostName":"192.0.2.1","probeType":"tcp","probePort":80,"port":1}]}""", "endpoints[0].port: value '1', expected one of the members *")]
    [InlineData("""{"version":1,"endpoints":[{"hostName":7}]}""", "endpoints[0].hostName: value '7', expected a string")]
    [InlineData("""{"version":1,"endpoints":[null]}""", "endpoints[0]: value 'null', expected an object")]
    [InlineData("""{"version":1,"endpoints":[{"hostName":"192.0.2.1","probeType":"ping","probePort":80}]}""", "endpoints[0].probeType: value 'ping', expected tcp or none in this version")]
    [InlineData("""{"version":1,"endpoints":[{"hostName":"192.0.2.1","probeType":"tcp","probePort":80},{"hostName":"192.0.2.1","probeType":"none","probePort":80}]}""", "endpoints[1]: value '192.0.2.1 80', expected another hostName and probePort than those before")]
    [InlineData("""{"version":1,"states":[{"hostName":"192.0.2.1","epPort":80,"epProto":"tcp","state":"blue"}]}""", "states[0].state: value 'blue', expected green, yellow, red or draining")]
    [InlineData("""{"version":1,"states":[],"states":[]}""", "states: value '[]', expected each member once")]
    public void Load_WrongContent_NamesFileAndPath(string text, string message)
    {
        File.WriteAllText(_file.Path, text);

        _file.Invoking(static f => f.Load()).Should().Throw<StateFileException>().WithMessage($"{_file.Path}: {message}");
    }

    [Fact]
    public void Load_MembersInAnotherCase_AreTakenAsThoseOfServices()
    {
        File.WriteAllText(_file.Path, """{"Version":1,"States":[{"HostName":"192.0.2.1","EpPort":80,"EpProto":"tcp","State":"red"}]}""");

        _file.Load().States.Should().ContainSingle();
    }
}
