namespace Loxi.Node.Bgp;

/// <summary>Makes another configuration, or says why not.</summary>
/// <param name="model">The configuration as it is.</param>
/// <param name="desired">The other one; the same when nothing changes.</param>
internal delegate BgpResult BgpChange(BgpModel model, out BgpModel desired);
