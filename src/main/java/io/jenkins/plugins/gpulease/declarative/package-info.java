/**
 * GPUs in Declarative Pipelines: {@code agent { gpu { … } }}, a {@code gpu} step around a {@code node} step. Loaded only where
 * Declarative is installed; nothing else may need this package.
 */
package io.jenkins.plugins.gpulease.declarative;
