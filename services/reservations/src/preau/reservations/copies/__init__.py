"""Copies of what identity and billing publish: communes, families, children; which days have a tariff."""
