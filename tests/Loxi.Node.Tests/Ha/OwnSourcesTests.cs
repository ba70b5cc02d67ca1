using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Node.Ha;
using Xunit;

namespace Loxi.Node.Tests.Ha;

public class OwnSourcesTests
{
    [Fact]
    public void OneArmWithoutAPool_IsSeenByItsOwnAddress_OthersAreNot()
    {
        static Service Of(ushort port, NatMode mode, string name = "", string? pool = null) => new()
        {
            Key = new ServiceKey(IPAddress.Parse("192.0.2.10"), ServiceProtocol.Tcp, port),
            Name = name,
            Mode = mode,
            SourcePool = pool,
            Endpoints = [new ServiceEndpoint(IPAddress.Parse("198.51.100.1"), 80, 1)],
        };

        OwnSources.ServicesOf(ServiceModel.Create(
        [
            Of(1, NatMode.Default), Of(2, NatMode.FullNat), Of(3, NatMode.Dsr), Of(4, NatMode.OneArm, pool: "pool"), Of(5, NatMode.OneArm, "web"), Of(6, NatMode.OneArm),
        ])).Should().Equal(new ServiceKey(IPAddress.Parse("192.0.2.10"), ServiceProtocol.Tcp, 6).ToString(), "web");
    }
}
