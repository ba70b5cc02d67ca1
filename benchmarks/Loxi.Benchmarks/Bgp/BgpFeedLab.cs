using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Bgp;

/// <summary>A speaker between an injector and an observer, each on a link of its own.</summary>
internal sealed class BgpFeedLab : IAsyncDisposable
{
    internal const string Own = "198.18.0.1";
    internal const string Injector = "198.18.0.2";
    internal const string Observer = "198.18.0.3";
    private readonly Lab _lab = Lab.Create();

    internal BgpFeedLab()
    {
        Speaker = _lab.AddHost("dut");
        InjectorHost = _lab.AddHost("inj");
        ObserverHost = _lab.AddHost("obs");
        _lab.Connect(Speaker, "port0", InjectorHost, "eth0");
        _lab.Connect(Speaker, "port1", ObserverHost, "eth0");
        Speaker.AddBridge("br0");
        Speaker.AttachToBridge("br0", "port0", "port1");
        // RFC 2544: 198.18.0.0/15 is for benchmarks.
        Speaker.AddAddress("br0", $"{Own}/24");
        InjectorHost.AddAddress("eth0", $"{Injector}/24");
        ObserverHost.AddAddress("eth0", $"{Observer}/24");
    }

    internal LabHost Speaker { get; }

    internal LabHost InjectorHost { get; }

    internal LabHost ObserverHost { get; }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();
}
